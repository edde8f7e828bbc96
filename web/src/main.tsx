import './style/tokens.css';
import './style/base.css';
import { createRoot } from 'react-dom/client';
import { speak } from './i18n/t';
import { Session } from './sync/session';
import { App } from './ui/shell/App';
import { JoinPage } from './ui/account/door';
import { makeUploader } from './ui/files/store';
import { warm } from './ui/kit/lazy';
import { hasFocus, idle, keep, randomHex, schedule, socketUrl, tabs, watch } from './ui/shell/browser';
import { beginPrefs, wishedLocale } from './ui/shell/prefs';

function open() {
  // The token of a link stands after the #, which no server and no log ever sees.
  if (location.pathname === '/join') {
    later(null);
    idle(() => void warm());
    return <JoinPage token={location.hash.slice(1)} />;
  }
  const parts = { keep, schedule, idle, randomHex, tabs: tabs(), database: 'hubbub', uploader: makeUploader };
  const session = new Session({ url: socketUrl(), active: hasFocus(), ...parts });
  watch(session);
  session.start();
  later(session);
  whenRead(session, () => idle(() => void warm()));
  return <App session={session} />;
}

/** Without a server, or far from one, nobody waits longer than this for what is to come later. */
const READ_MS = 4000;

/**
 * Calls back once the open room's newest messages are there: reading a dozen scripts before would only keep them waiting,
 * since a page that waits for its server looks idle.
 */
function whenRead(session: Session, run: () => void): void {
  const done = () => {
    clearTimeout(timer);
    stop();
    run();
  };
  const timer = setTimeout(done, READ_MS);
  const stop = session.subscribe(() => {
    const { phase, room } = session.current();
    if (phase.at === 'ready' && room?.log.gapAt(room.log.last) === undefined) done();
  });
}

/** What nobody waits for comes when everything else is there. */
function later(session: Session | null): void {
  // An old page may not find its parts any more; it says so itself, by what hello tells it.
  const load = () => idle(() => void import('./ui/shell/after').then((m) => m.beginAfter(session), () => undefined));
  if (document.readyState === 'complete') load();
  else addEventListener('load', load, { once: true });
}

async function begin(root: HTMLElement): Promise<void> {
  const locale = wishedLocale();
  // Without its words the page still speaks English.
  await speak(locale).catch(() => speak('en'));
  document.documentElement.lang = locale;
  beginPrefs();
  createRoot(root).render(open());
}

const root = document.getElementById('root');
if (root) void begin(root);
