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
    return <JoinPage token={location.hash.slice(1)} />;
  }
  const parts = { keep, schedule, idle, randomHex, tabs: tabs(), database: 'hubbub', uploader: makeUploader };
  const session = new Session({ url: socketUrl(), active: hasFocus(), ...parts });
  watch(session);
  session.start();
  later(session);
  return <App session={session} />;
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
  idle(() => void warm());
}

const root = document.getElementById('root');
if (root) void begin(root);
