import { lazy, Suspense, useEffect, useLayoutEffect, type ReactNode } from 'react';
import { reasonOf, t } from '../../i18n/t';
import { SIGNED_OUT } from '../../proto/v1';
import type { Session } from '../../sync/session';
import { JoinPage } from '../account/door';
import { later, unhurried } from '../kit/lazy';
import { Toasts } from '../kit/toast';
import { Newcomer } from '../people/Newcomer';
import { PeoplePanel } from '../people/PeoplePanel';
import { useRemovals } from '../rooms/useRemovals';
import { Header } from './Header';
import { pages } from './pages';
import { catchLinks, useRoute } from './route';
import { SessionProvider, useSession, useView } from './session';
import { Sidebar } from './Sidebar';
import { SurfaceHost } from './surfaces';
import { Talk } from './Talk';
import { useTitle } from './useTitle';
import css from './App.module.css';

const Banners = later(unhurried(() => import('./Banners')));
const Nowhere = later(async () => ({ default: (await import('./Nowhere')).Nowhere }));
/** A page does without, if need be. */
const Shortcuts = lazy(unhurried(() => import('../shortcuts/Shortcuts').catch(() => ({ default: () => null }))));

export function App({ session }: { session: Session }) {
  useEffect(() => {
    document.addEventListener('click', catchLinks);
    return () => document.removeEventListener('click', catchLinks);
  }, []);
  return (
    <SessionProvider value={session}>
      <Page />
      <Suspense fallback={null}>
        <Shortcuts />
      </Suspense>
      <Toasts />
    </SessionProvider>
  );
}

/** What the address says, or the way in where one is not let in. */
function Page() {
  const route = useRoute();
  const ended = useView((s) => s.ended);
  const refused = useView((s) => s.refused);
  useTitle();
  if (ended !== null) return <JoinPage token="" why={t(ended === SIGNED_OUT ? 'signed_out' : 'shut_out')} />;
  if (refused?.code === 'guests_off') return <JoinPage token="" why={reasonOf(refused)} />;
  if (route.at === 'nowhere') return <Other name="" />;
  if (route.at === 'room' || route.at === 'search') {
    return (
      <>
        <Frame>{route.at === 'room' ? <Talk room={route.room} seq={route.seq} /> : <Other name="search" />}</Frame>
        <SurfaceHost />
      </>
    );
  }
  return (
    <>
      <Other name={route.at} />
      <SurfaceHost />
    </>
  );
}

function Other({ name }: { name: string }) {
  const Found = pages[name] ?? Nowhere;
  return (
    <Suspense fallback={<div className={css.loading} aria-busy="true" />}>
      <Found />
    </Suspense>
  );
}

/** The rooms at one side, who is here at the other, and between them what one came for. */
function Frame({ children }: { children: ReactNode }) {
  const route = useRoute();
  const session = useSession();
  const room = route.at === 'room' ? route.room : null;
  const isIn = useView((s) => s.rooms.some((r) => r.id === room));
  useRemovals(room);
  useLayoutEffect(() => {
    if (room !== null) session.open(room);
  }, [session, room]);
  return (
    <div className={css.app}>
      <a className={css.skip} href="#talk">
        {t('skip')}
      </a>
      <div className={css.side}>
        <Sidebar />
      </div>
      <div className={css.center}>
        {room !== null && <Header />}
        <div className={css.banners}>
          <Suspense fallback={null}>
            <Banners />
          </Suspense>
          {room !== null && <Newcomer />}
        </div>
        {children}
      </div>
      {isIn && <PeoplePanel />}
    </div>
  );
}
