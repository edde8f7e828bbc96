import { Fragment, memo, useState, type ReactNode } from 'react';
import { locale, raw, t, tn, tParts } from '../../i18n/t';
import type { Notice as Item } from '../../sync/roomlog';
import { summarise } from '../../sync/summary';
import css from '../kit/Divider.module.css';

const MOST_NAMES = 3;
let lists: Intl.ListFormat | undefined;

/**
 * What the server says about comings and goings. It stands in the middle without a bubble, a face or a side, and its
 * names are set apart from its words: nobody can type one, and nobody can make one by what they call themselves.
 */
export const Notice = memo(function Notice({ items }: { items: readonly Item[] }) {
  const { joined: came, left, passed, returned, renamed } = summarise(items);
  const parts: ReactNode[] = renamed.map(({ was, name }) =>
    sentence(raw('renamed'), { was: <Name name={was} />, name: <Name name={name} /> }),
  );
  const say = (stem: 'joined' | 'left' | 'passed' | 'returned', names: string[]) => {
    if (names.length === 0) return;
    const form = names.length === 1 ? 'one' : 'other';
    parts.push(sentence(raw(`${stem}_${form}`), { names: <Names names={names} /> }));
  };
  say('joined', came);
  say('returned', returned);
  say('left', left);
  say('passed', passed);
  if (parts.length === 0) return null;
  return (
    <p className={css.notice} data-notice="">
      {parts.map((part, i) => (
        // oxlint-disable-next-line react/no-array-index-key -- the parts have no identity beyond their place
        <Fragment key={i}>
          {i > 0 && <span aria-hidden="true"> · </span>}
          <span>{part}</span>
        </Fragment>
      ))}
    </p>
  );
});

export function Name({ name }: { name: string }) {
  return <bdi className={css.name}>{name}</bdi>;
}

function Names({ names }: { names: string[] }) {
  const [all, showAll] = useState(false);
  const some = names.length > MOST_NAMES + 1 && !all ? names.slice(0, MOST_NAMES) : names;
  const rest = names.length - some.length;
  const listed = [...some.map((_, i) => `{${i}}`), ...(rest > 0 ? ['{rest}'] : [])];
  const more = (
    <button key="rest" type="button" className={css.show} title={t('all_names')} onClick={() => showAll(true)}>
      {tn('others', rest)}
    </button>
  );
  // The list's own words come from the language; the names go in as nodes, never as text that could be read as words.
  return (
    <>
      {tParts(joined(listed)).map((part, i) => {
        if (i % 2 === 0) return part;
        return part === 'rest' ? more : <Name key={part} name={some[Number(part)] ?? ''} />;
      })}
    </>
  );
}

/** The formatter knows the language only once it is spoken. */
function joined(names: string[]): string {
  lists ??= new Intl.ListFormat(locale, { type: 'conjunction' });
  return lists.format(names);
}

export function sentence(text: string, nodes: Record<string, ReactNode>): ReactNode {
  return tParts(text).map((part, i) => (i % 2 ? <Fragment key={part}>{nodes[part]}</Fragment> : part));
}
