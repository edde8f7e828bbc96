import { useEffect, useState, type ReactNode } from 'react';
import { reasonOf, t as core } from '../../i18n/t';
import { look, type Door } from '../../sync/account';
import { Avatar } from '../kit/Avatar';
import { Mark } from '../kit/Mark';
import { keep } from '../shell/browser';
import { Enter, type Way } from './Enter';
import { t } from './texts';
import { useSignedInElsewhere } from './useSignedInElsewhere';
import css from './Join.module.css';

/** Where the server says nothing, whoever has an account may still try. */
const unknown: Door = { kind: 'none', by: '', name: '', server: '', open: false, guests: false };

interface Props {
  /** What stood in the link; empty: nothing. */
  token: string;
  /** Why one is here and not in the chat. */
  why?: string;
}

/** The way in: with an account, to one, or back to one. */
export default function Join({ token, why = '' }: Props) {
  const [said, say] = useState(why);
  const door = useDoor(token, say);
  const [turned, setTurned] = useState<Way | null>(null);
  const called = door && (door.server || core('app'));
  useEffect(() => {
    document.title = [t('in_title'), called].filter(Boolean).join(' · ');
  }, [called]);
  useEffect(() => {
    // A link that is opened where this page is open already changes nothing but what stands behind the #.
    const other = () => location.reload();
    window.addEventListener('hashchange', other);
    return () => window.removeEventListener('hashchange', other);
  }, []);
  useSignedInElsewhere(why !== '');
  const way = turned ?? wayOf(door ?? unknown);
  const turn = (next: Way) => {
    say('');
    setTurned(next);
  };
  return (
    <div className={css.page}>
      <header className={css.brand}>
        <Mark />
        {/* As high as it will be, and no other name meanwhile. */}
        <p className={css.app} dir="auto">
          {called ?? '\u00a0'}
        </p>
        <p className={css.line}>{t('door_line')}</p>
      </header>
      <main className={css.card}>
        <p className={said ? css.said : 'unseen'} role="status">
          {said}
        </p>
        {door ? (
          <>
            <Head door={door} way={way} />
            <Enter key={way} door={door} way={way} token={token} />
            <Others door={door} way={way} onTurn={turn} />
          </>
        ) : (
          <p className={css.loading}>{t('loading')}</p>
        )}
      </main>
    </div>
  );
}

function wayOf(door: Door): Way {
  return door.kind === 'reset' ? 'reset' : door.kind === 'none' ? 'in' : 'up';
}

/** What the server says about the link; null until it has. */
function useDoor(token: string, say: (text: string) => void): Door | null {
  const [door, setDoor] = useState<Door | null>(null);
  useEffect(() => {
    const ask = async () => {
      const found = await look(token);
      if (!('error' in found)) return setDoor(found);
      if (token) say(core('did_not_work', { reason: reasonOf(found.error) }));
      // A link that is no good any more still leads to a server with other ways in.
      const there = await look('');
      return setDoor('error' in there ? unknown : there);
    };
    void ask();
  }, [token, say]);
  return door;
}

/** What one is about to do, and who asked for it. */
function Head({ door, way }: { door: Door; way: Way }) {
  const { title, text, face } = headOf(door, way);
  return (
    <div className={css.head}>
      {face}
      <h1 className={css.title} dir="auto">
        {title}
      </h1>
      {text && <p className={css.text}>{text}</p>}
    </div>
  );
}

function headOf(door: Door, way: Way): { title: string; text: string; face?: ReactNode } {
  const guest = keep.get('token') ? t('up_guest') : '';
  if (way === 'reset') return { title: t('reset_title'), text: t('reset_text', { name: door.name }) };
  const { server } = door;
  if (way === 'in') return { title: t('in_title'), text: server ? t('in_text_named', { server }) : t('in_text') };
  if (door.kind === 'owner') return { title: t('owner_title'), text: t('owner_text') };
  if (door.kind === 'invite' && door.by) {
    const face = <Avatar id={door.by} name={door.by} />;
    return { title: t(server ? 'invite_title_named' : 'invite_title', { name: door.by, server }), text: guest || t('invite_text'), face };
  }
  return { title: server ? t('up_title_named', { server }) : t('up_title'), text: guest || t('up_text') };
}

function Others({ door, way, onTurn }: { door: Door; way: Way; onTurn(way: Way): void }) {
  const may = door.open || door.kind === 'invite' || door.kind === 'owner';
  const other = way === 'up' ? 'in' : way === 'in' && may ? 'up' : null;
  if (!other && !door.guests) return null;
  return (
    <div className={css.others}>
      <p className={css.or}>{t('or')}</p>
      {other && (
        <button type="button" className="button outlined" onClick={() => onTurn(other)}>
          {t(other === 'in' ? 'sign_in_instead' : 'sign_up_instead')}
        </button>
      )}
      {door.guests && door.kind !== 'owner' && (
        // Whose session has ended needs another page: this one would only change its address.
        <a className="button outlined" href="/" target="_self">
          {t('as_guest')}
        </a>
      )}
    </div>
  );
}
