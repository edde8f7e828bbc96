import { useLayoutEffect, useRef } from 'react';
import { reasonOf } from '../../i18n/t';
import type { Hit } from '../../proto/v1';
import { Empty } from '../kit/Empty';
import { setPlaces, usePlaces } from '../rooms/places';
import { Further, Hits, keyOf } from './Hits';
import { keepPlace, placeFor } from './place';
import { texts } from './texts';
import { mentioning, useResults, type Results, type Source } from './useResults';
import css from './Search.module.css';

const { t, tn } = texts;

interface Props {
  source: Source;
  query: string;
  onLeave(): void;
  /** A hit is opened. */
  onTake(hit: Hit): void;
}

/** What came of it: hits, or why there are none. */
export function Outcome({ source, query, onLeave, onTake }: Props) {
  const found = useResults(source, query);
  const { hits, next, incomplete, error, busy, waits, unclear = false } = found;
  const box = useRef<HTMLDivElement>(null);
  const back = useRef(false);
  useLayoutEffect(() => {
    const place = placeFor(query);
    if (back.current || !place || hits.length === 0 || !box.current) return;
    back.current = true;
    box.current.scrollTop = place.top;
    box.current.querySelector<HTMLElement>(`[data-hit="${CSS.escape(place.hit)}"]`)?.focus({ preventScroll: true });
  }, [query, hits]);
  const take = (hit: Hit) => {
    keepPlace({ query, top: box.current?.scrollTop ?? 0, hit: keyOf(hit) });
    onTake(hit);
  };
  const none = query !== '' && query === found.query && !unclear && !error && !busy && hits.length === 0 && !incomplete;
  return (
    <div ref={box} className={css.scroll} aria-busy={busy} tabIndex={-1}>
      <p className="unseen" role="status">
        {counted(found)}
      </p>
      {waits && (
        <p className={css.waiting} role="status">
          {t('waits')}
        </p>
      )}
      {error && !waits && (
        <p className={css.notice} role="alert">
          {t('failed', { reason: reasonOf(error) })}{' '}
          <button type="button" className="button outlined" onClick={found.again}>
            {t('again')}
          </button>
        </p>
      )}
      {query === '' && <Before />}
      {query !== '' && unclear && !busy && !waits && <Empty title={t('unclear_title')}>{t('unclear')}</Empty>}
      {none && <Nothing mentions={source === mentioning} />}
      {query !== '' && !waits && hits.length > 0 && (
        <div className={css.results} role="region" aria-label={t('results')}>
          <Hits hits={hits} onOpen={take} onLeave={onLeave} />
          {/* Of a search that ran out of time, too: it goes on where it stopped. */}
          {next !== null && !error && <Further key={next} onNear={found.more} />}
        </div>
      )}
      {incomplete && !busy && !waits && (
        <p className={css.notice}>
          {t('incomplete')}{' '}
          {next !== null && (
            <button type="button" className="button outlined" onClick={found.more}>
              {t('go_on')}
            </button>
          )}
        </p>
      )}
      {busy && !waits && hits.length === 0 && <p className={css.waiting}>{t('searching')}</p>}
    </div>
  );
}

function counted({ hits, next, busy, query, error, unclear }: Results): string {
  if (busy || query === null || error || unclear) return '';
  return next === null ? tn('found', hits.length) : t('found_more', { count: hits.length });
}

function Nothing({ mentions }: { mentions: boolean }) {
  return <Empty title={t(mentions ? 'none_mentions_title' : 'none_title')}>{t(mentions ? 'none_mentions' : 'none')}</Empty>;
}

/** Nothing is looked for yet. */
function Before() {
  const { searches } = usePlaces();
  return (
    <>
      {searches.length > 0 && (
        <section className={css.recent} aria-labelledby="recent">
          <div className={css.recentTop}>
            <h2 id="recent">{t('recent')}</h2>
            <button type="button" className="button" onClick={() => setPlaces({ searches: [] })}>
              {t('recent_clear')}
            </button>
          </div>
          <ul>
            {searches.map((text) => (
              <li key={text}>
                <a className={css.again} data-recent="" href={`/search?q=${encodeURIComponent(text)}`}>
                  <bdi>{text}</bdi>
                </a>
              </li>
            ))}
          </ul>
        </section>
      )}
      <Empty title={t('hint_title')}>{t('hint')}</Empty>
    </>
  );
}
