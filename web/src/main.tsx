import './style/tokens.css';
import './style/base.css';
import { createRoot } from 'react-dom/client';
import { Session } from './sync/session';
import { App } from './ui/App';
import { hasFocus, keep, randomHex, schedule, socketUrl, watch } from './ui/browser';

const session = new Session({ url: socketUrl(), keep, schedule, randomHex, active: hasFocus() });
watch(session);
session.start();

const root = document.getElementById('root');
if (root) createRoot(root).render(<App session={session} />);
