import { memo, Suspense, type ReactNode } from 'react';
import { raw, t } from '../../i18n/t';
import type { Happening, Notice as Item } from '../../sync/roomlog';
import { later } from '../kit/lazy';
import { Name, Notice, sentence } from './Notice';
import css from '../kit/Divider.module.css';

const Office = later(() => import('./Office'));

/** What happened to the room: one thing, or a row of comings and goings. */
export const Happened = memo(
  function Happened({ run, onJump }: { run: readonly Happening[]; onJump(seq: number): void }) {
    const first = run[0];
    if (!first) return null;
    const { what, target } = first;
    if (what === 'joined' || what === 'left') {
      return <Notice items={run.map((h): Item => ({ what: h.what as 'joined' | 'left', id: h.from.id, name: h.from.name }))} />;
    }
    return (
      <p className={css.notice} data-notice="">
        {often(first) ?? (
          <Suspense fallback={null}>
            <Office h={first} />
          </Suspense>
        )}
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

/** What happens often is told by what is in the page. */
function often({ what, from, text }: Happening): ReactNode {
  const name = <Name name={from.name} />;
  const said = <Name name={text} />;
  switch (what) {
    case 'created':
      return text === '' ? null : <span>{sentence(raw('created'), { name, room: said })}</span>;
    case 'topic':
      return <span>{sentence(raw(text ? 'topic_set' : 'topic_none'), { name, topic: said })}</span>;
    case 'pin':
    case 'unpin':
      return <span>{sentence(raw(what === 'pin' ? 'pinned' : 'unpinned'), { name })}</span>;
    default:
      return null;
  }
}
