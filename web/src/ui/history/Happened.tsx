import { memo, type ReactNode } from 'react';
import { raw, t } from '../../i18n/t';
import type { Happening, Notice as Item } from '../../sync/roomlog';
import { Name, Notice, sentence } from './Notice';
import css from '../kit/Divider.module.css';

/** What happened to the room: one thing, or a row of comings and goings. */
export const Happened = memo(
  function Happened({ run, onJump }: { run: readonly Happening[]; onJump(seq: number): void }) {
    const first = run[0];
    if (!first) return null;
    const { what, from, text, target } = first;
    const name = <Name name={from.name} />;
    const said = <Name name={text} />;
    let words: ReactNode;
    if (what === 'joined' || what === 'left') {
      return <Notice items={run.map((h): Item => ({ what: h.what as 'joined' | 'left', id: h.from.id, name: h.from.name }))} />;
    }
    if (what === 'created') words = sentence(raw('created'), { name, room: said });
    else if (what === 'topic') words = sentence(raw(text ? 'topic_set' : 'topic_none'), { name, topic: said });
    else words = sentence(raw(what === 'pin' ? 'pinned' : 'unpinned'), { name });
    return (
      <p className={css.notice} data-notice="">
        <span>{words}</span>
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
