import './style/tokens.css';
import './style/base.css';
import { createRoot } from 'react-dom/client';
import { speak } from './i18n/t';
import { Session } from './sync/session';
import { App } from './ui/shell/App';
import { JoinPage } from './ui/account/door';
import { makeUploader } from './ui/files/store';
import { hold, warm } from './ui/kit/lazy';
import { hasFocus, idle, keep, randomHex, schedule, socketUrl, tabs, watch } from './ui/shell/browser';
import { beginPrefs, wishedLocale } from './ui/shell/prefs';
import { routeOf } from './ui/shell/route';

/** The session, begun before anything is drawn: the server answers while the page is still busy with itself. */
function join(): Session {
  const parts = { keep, schedule, idle, randomHex, tabs: tabs(), database: 'hubbub', uploader: makeUploader };
  const session = new Session({ url: socketUrl(), active: hasFocus(), ...parts });
  const route = routeOf(new URL(location.href));
  if (route.at === 'room') session.open(route.room);
  watch(session);
  session.start();
  return session;
}

/** Nobody waits longer than this for an empty page. */
const EMPTY_MS = 100;
/** Without a server, or far from one, nobody waits longer than this for what is to come later. */
const READ_MS = 4000;

/**
 * Settles once the open room's newest messages are there, or it is known that they will not come soon. To read a dozen
 * scripts before would only keep them waiting, since a page that waits for its server looks idle.
 */
function read(session: Session): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      stop();
      resolve();
    };
    const timer = setTimeout(done, READ_MS);
    const stop = session.subscribe(() => {
      const { phase, room } = session.current();
      const isThere = phase.at === 'ready' && room?.log.gapAt(room.log.last) === undefined;
      if (isThere || phase.at === 'waiting') done();
    });
  });
}

/** What nobody waits for comes when everything else is there. */
function later(session: Session | null): void {
  idle(() => void warm());
  // An old page may not find its parts any more; it says so itself, by what hello tells it.
  const load = () => idle(() => void import('./ui/shell/after').then((m) => m.beginAfter(session), () => undefined));
  if (document.readyState === 'complete') load();
  else addEventListener('load', load, { once: true });
}

async function begin(root: HTMLElement): Promise<void> {
  const session = location.pathname === '/join' ? null : join();
  const locale = wishedLocale();
  // Without its words the page still speaks English.
  await speak(locale).catch(() => speak('en'));
  document.documentElement.lang = locale;
  beginPrefs();
  const { render } = createRoot(root);
  if (!session) {
    // The token of a link stands after the #, which no server and no log ever sees.
    render(<JoinPage token={location.hash.slice(1)} />);
    return later(null);
  }
  const release = hold();
  const there = read(session);
  // Drawn once with all there is, the page is ready earlier than drawn empty and drawn again.
  await Promise.race([there, new Promise((resolve) => setTimeout(resolve, EMPTY_MS))]);
  render(<App session={session} />);
  await there;
  release();
  return later(session);
}

const root = document.getElementById('root');
if (root) void begin(root);
