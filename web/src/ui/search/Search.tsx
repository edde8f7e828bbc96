import { useEffect, useRef, type KeyboardEvent } from 'react';
import { forServer } from '../../text/query';
import { SearchIcon } from '../rooms/icons';
import { searchedFor } from '../rooms/places';
import { RoomsButton } from '../shell/Header';
import { useRoute } from '../shell/route';
import { useSession } from '../shell/session';
import { Filters } from './Filters';
import { Outcome } from './Outcome';
import { placeFor } from './place';
import { texts } from './texts';
import { useQuery } from './useQuery';
import { mentioning, searching } from './useResults';
import css from './Search.module.css';

const { t } = texts;
const nowhere = () => {};

/** Finding what was said, in all rooms, as one types; and where one was mentioned. */
export function Search() {
  useRoute();
  const mentions = new URLSearchParams(location.search).get('show') === 'mentions';
  return (
    <>
      <header className={css.header}>
        <RoomsButton current="" />
        <h1 className={css.title}>{t('title')}</h1>
        <nav className={css.tabs} aria-label={t('title')}>
          <a className={css.tab} href="/search" aria-current={mentions ? undefined : 'page'}>
            {t('tab_messages')}
          </a>
          <a className={css.tab} href="/search?show=mentions" aria-current={mentions ? 'page' : undefined}>
            {t('tab_mentions')}
          </a>
        </nav>
      </header>
      <main id="talk" className={css.main} tabIndex={-1}>
        {mentions ? <Outcome key="mentions" source={mentioning} query="mentions" onLeave={nowhere} onTake={nowhere} /> : <Messages />}
      </main>
    </>
  );
}

function Messages() {
  const session = useSession();
  const { text, words, chips, type, set } = useQuery();
  const field = useRef<HTMLInputElement>(null);
  const idOf = (name: string) => {
    const plain = name.toLowerCase();
    return session.current().rooms.find((r) => r.id === name || r.title.toLowerCase() === plain)?.id ?? null;
  };
  const query = forServer(text, idOf);
  useEffect(() => {
    // Whoever comes back from a hit goes on from there.
    if (!placeFor(query)) field.current?.focus();
    // oxlint-disable-next-line react/exhaustive-deps -- only when the page opens
  }, []);
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.nativeEvent.isComposing) return;
    const last = chips.at(-1);
    if (e.key === 'Backspace' && words === '' && last) set(last.key, '');
    else if (e.key === 'ArrowDown') document.querySelector<HTMLElement>('a[data-hit], a[data-recent]')?.focus();
    else if (e.key === 'Enter' && text) searchedFor(text);
    else return;
    e.preventDefault();
  };
  return (
    <>
      <div className={css.search} role="search">
        <div className={css.field}>
          <SearchIcon />
          <input
            ref={field}
            type="search"
            className={css.input}
            aria-label={t('label')}
            placeholder={t('placeholder')}
            value={words}
            onInput={(e) => type(e.currentTarget.value)}
            onKeyDown={onKeyDown}
            dir="auto"
            autoComplete="off"
            spellCheck={false}
            enterKeyHint="search"
          />
        </div>
        <Filters chips={chips} onSet={set} />
      </div>
      <Outcome source={searching} query={query} onLeave={() => field.current?.focus()} onTake={() => searchedFor(text)} />
    </>
  );
}

export default Search;
