import { Fragment, memo } from 'react';
import { t } from '../../i18n/t';
import type { Happening, Notice as Item } from '../../sync/roomlog';
import { tell } from './happened';
import { Name, Notice, sentence } from './Notice';
import css from '../kit/Divider.module.css';

/** What happened to the room: one thing, or a row of comings and goings. */
export const Happened = memo(
  function Happened({ run, onJump }: { run: readonly Happening[]; onJump(seq: number): void }) {
    const first = run[0];
    if (!first) return null;
    const { what, target } = first;
    if (what === 'joined' || what === 'left') {
      return <Notice items={run.map((h): Item => ({ what: h.what as 'joined' | 'left', id: h.from.id, name: h.from.name }))} />;
    }
    const told = tell(first);
    if (told.length === 0) return null;
    return (
      <p className={css.notice} data-notice="">
        {told.map(({ text, parts }, i) => (
          <Fragment key={text}>
            {i > 0 && <span aria-hidden="true"> · </span>}
            <span>{sentence(text, Object.fromEntries(Object.entries(parts).map(([key, part]) => [key, <Name key={key} name={part} />])))}</span>
          </Fragment>
        ))}
        {target !== null && (
          <>
            {' '}
            <button type="button" className={css.show} onClick={() => onJump(target)}>
              {t('show')}
            </button>
          </>
        )}
      </p>
    );
  },
  (a, b) => a.onJump === b.onJump && a.run.length === b.run.length && a.run.every((h, i) => h === b.run[i]),
);
