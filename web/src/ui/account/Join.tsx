import { useEffect, useState, type FormEvent } from 'react';
import { reasonOf, t, type Key } from '../../i18n/t';
import { look, reset, signIn, signUp, type Door, type Said } from '../../sync/account';
import { chars, cleanLine } from '../../text/clean';
import { keep } from '../shell/browser';
import { Mark } from '../kit/Mark';
import { Secret } from './Secret';
import form from '../kit/Form.module.css';
import css from './Join.module.css';

type Way = 'in' | 'up' | 'reset';

/** Where the server says nothing, whoever has an account may still try. */
const unknown: Door = { kind: 'none', by: '', name: '', open: false, guests: false };

const NAME_CHARS = 40;
const PASSWORD_CHARS = 8;

interface Props {
  /** What stood in the link; empty: nothing. */
  token: string;
  /** Why one is here and not in the chat. */
  why?: string;
}

/** The way in: with an account, to one, or back to one. */
export function Join({ token, why = '' }: Props) {
  const [door, setDoor] = useState<Door | null>(null);
  const [way, setWay] = useState<Way>('in');
  const [said, say] = useState(why);
  useEffect(() => {
    const ask = async () => {
      const found = await look(token);
      const failed = 'error' in found;
      if (failed) say((before) => before || t('did_not_work', { reason: reasonOf(found.error) }));
      // A link that is no good any more still leads to a server with other ways in.
      const there = failed ? await look('') : found;
      if ('error' in there) return setDoor(unknown);
      setDoor(there);
      return setWay(there.kind === 'reset' ? 'reset' : there.kind === 'none' ? 'in' : 'up');
    };
    void ask();
  }, [token]);

  const may = door !== null && (door.open || door.kind === 'invite' || door.kind === 'owner');
  const turn = (next: Way) => {
    say('');
    setWay(next);
  };
  return (
    <main className={css.page}>
      <div className={css.card}>
        <p className={css.brand}>
          <Mark /> {t('app')}
        </p>
        <p className={said ? form.said : 'unseen'} role="status">
          {said}
        </p>
        {door ? <Ask key={way} door={door} way={way} token={token} /> : <h1 className={form.title}>{t('sign_in')}</h1>}
        <div className={css.others}>
          {way === 'in' && may && (
            <button type="button" className="button" onClick={() => turn('up')}>
              {t('sign_up')}
            </button>
          )}
          {way === 'up' && (
            <button type="button" className="button" onClick={() => turn('in')}>
              {t('sign_in_instead')}
            </button>
          )}
          {door?.guests && (
            <a className="button" href="/">
              {t('as_guest')}
            </a>
          )}
        </div>
      </div>
    </main>
  );
}

const TITLES: Record<Way, Key> = { in: 'sign_in', up: 'sign_up', reset: 'reset_title' };

/** What one is called here already, unless the server has made it up. */
function ownName(): string {
  const name = keep.get('name') ?? '';
  return /^Guest \d+$/.test(name) ? '' : name;
}

function aboutOf(door: Door, way: Way): string {
  if (way === 'reset') return t('reset_text', { name: door.name });
  if (way === 'in') return '';
  if (door.kind === 'owner') return t('owner_text');
  if (door.kind === 'invite' && door.by) return t('invite_text', { name: door.by });
  return keep.get('token') ? t('guest_text') : '';
}

function Ask({ door, way, token }: { door: Door; way: Way; token: string }) {
  const [name, setName] = useState(() => (way === 'reset' ? door.name : ownName()));
  const [password, setPassword] = useState('');
  const [code, setCode] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [said, say] = useState('');

  const ended = (result: Said) => {
    setBusy(false);
    if (!('error' in result)) return location.replace(result.signedIn ? '/' : '/join');
    const { error } = result;
    if (error.code === 'code_needed') setCode((typed) => typed ?? '');
    const first = error.code === 'code_needed' && code === null;
    return say(first ? '' : t('did_not_work', { reason: reasonOf(error) }));
  };
  const submit = (e: FormEvent) => {
    e.preventDefault();
    const clean = cleanLine(name);
    if (busy) return;
    if (clean === '') return say(t('name_empty'));
    if (chars(clean) > NAME_CHARS) return say(t('name_long', { count: NAME_CHARS }));
    if (way !== 'in' && chars(password) < PASSWORD_CHARS) return say(t('did_not_work', { reason: t('error_weak_password') }));
    setBusy(true);
    say('');
    const who = { name: clean, password, code: code ?? '' };
    const asked = { in: () => signIn(keep, who), up: () => signUp(keep, who, token), reset: () => reset(keep, token, password) };
    void asked[way]().then(ended);
  };
  const about = aboutOf(door, way);

  return (
    <form className={css.form} onSubmit={submit} noValidate>
      <h1 className={form.title}>{t(TITLES[way])}</h1>
      {about && <p className={form.text}>{about}</p>}
      {/* Also where it cannot be changed: password managers look for it. */}
      <div className={way === 'reset' ? 'unseen' : css.field}>
        <label className={form.label} htmlFor="join-name">
          {t('name_label')}
        </label>
        <input
          id="join-name"
          className={form.input}
          value={name}
          readOnly={way === 'reset'}
          tabIndex={way === 'reset' ? -1 : 0}
          onInput={(e) => setName(e.currentTarget.value)}
          dir="auto"
          autoComplete="username"
          autoCapitalize="off"
          spellCheck={false}
        />
      </div>
      <Secret fresh={way !== 'in'} value={password} onChange={setPassword} />
      {code !== null && (
        <div className={css.field}>
          <label className={form.label} htmlFor="join-code">
            {t('code_label')}
          </label>
          <input
            id="join-code"
            className={form.input}
            value={code}
            onInput={(e) => setCode(e.currentTarget.value)}
            autoComplete="one-time-code"
            aria-describedby="join-code-hint"
            // It was asked for just now, and nothing else is to be typed.
            // oxlint-disable-next-line jsx-a11y/no-autofocus
            autoFocus
          />
          <p id="join-code-hint" className={form.hint}>
            {t('code_hint')}
          </p>
        </div>
      )}
      <p className={form.said} role="alert">
        {said}
      </p>
      <button type="submit" className="button primary" disabled={busy}>
        {t(way === 'in' ? 'sign_in' : way === 'up' ? 'sign_up' : 'reset_save')}
      </button>
    </form>
  );
}
