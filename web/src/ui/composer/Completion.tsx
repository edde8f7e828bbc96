// The list over the field: people, rooms or emoji that may be meant. The focus stays in the field, where one types on; what
// is chosen in the list is said by aria-activedescendant. The field stays a text field of several lines: a combobox may not be
// one, so it has no such role.

import { useEffect, useId, useLayoutEffect, useState, type ReactNode, type RefObject } from 'react';
import { Avatar } from '../kit/Avatar';
import type { ListKeys, Completing } from './useCompletion';
import { useOptions, type Option } from './useOptions';
import type { Trigger } from './trigger';
import { t, tn } from './words';
import css from './Completion.module.css';

interface Props {
  room: string;
  trigger: Trigger;
  field: RefObject<HTMLTextAreaElement | null>;
  completing: Completing;
}

export default function Completion({ room, trigger, field, completing }: Props) {
  const { keys, outside, take, close } = completing;
  const options = useOptions(room, trigger);
  const [chosen, choose] = useState({ query: trigger.query, at: 0 });
  const id = useId();
  const moved = chosen.query === trigger.query && chosen.at > 0;
  const at = Math.min(moved ? chosen.at : 0, Math.max(0, options.length - 1));
  const idOf = (i: number) => `${id}-${i}`;

  const use = (option: Option) => {
    if (option.outside) outside.current = [...outside.current, option.outside];
    take(option.put);
    option.used?.();
  };
  const onKey: ListKeys = (e) => {
    const option = options[at];
    const plain = !e.ctrlKey && !e.metaKey && !e.altKey && !e.shiftKey;
    if (!option || !plain) return false;
    const by = e.key === 'ArrowDown' ? 1 : e.key === 'ArrowUp' ? -1 : 0;
    if (by !== 0) choose({ query: trigger.query, at: (at + by + options.length) % options.length });
    else if (e.key === 'Escape') close();
    // What is written in full is no question any more: Enter sends it.
    else if (e.key === 'Tab' || (e.key === 'Enter' && (moved || !option.whole))) use(option);
    else return false;
    return true;
  };
  useLayoutEffect(() => {
    keys.current = onKey;
    return () => void (keys.current = null);
  });
  useField(field, id, options.length > 0 ? idOf(at) : null);

  if (options.length === 0) return null;
  return (
    <div className={css.over}>
      <div id={id} className={css.list} role="listbox" aria-label={t(`complete_${trigger.kind}`)}>
        {options.map((option, i) => (
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the focus and the keys are the field's
          <div
            key={option.key}
            id={idOf(i)}
            role="option"
            aria-selected={i === at}
            className={css.option}
            // Taking the focus would end the writing, and close a phone's keyboard.
            onMouseDown={(e) => e.preventDefault()}
            onClick={() => use(option)}
          >
            {face(option)}
            <bdi className={css.name}>{option.name}</bdi>
            {option.takes && <span className={css.takes}>{option.takes}</span>}
            {option.note && <span className={css.note}>{option.note}</span>}
          </div>
        ))}
      </div>
      <span className="unseen" role="status">
        {tn('complete', options.length)}
      </span>
    </div>
  );
}

function face({ face: what, name, key }: Option): ReactNode {
  if (what === 'person') {
    return (
      <span className={css.person}>
        <Avatar id={key} name={name} />
      </span>
    );
  }
  if (what === '') return null;
  return (
    <span className={css.face} aria-hidden="true">
      {what}
    </span>
  );
}

/** Tells the field which list belongs to it, and what is chosen there. */
function useField(field: RefObject<HTMLTextAreaElement | null>, list: string, active: string | null): void {
  useEffect(() => {
    const area = field.current;
    if (!area || active === null) return undefined;
    area.setAttribute('aria-controls', list);
    area.setAttribute('aria-activedescendant', active);
    document.querySelector(`[id="${active}"]`)?.scrollIntoView?.({ block: 'nearest' });
    return () => {
      area.removeAttribute('aria-controls');
      area.removeAttribute('aria-activedescendant');
    };
  }, [field, list, active]);
}
