import { useState, type FormEvent } from 'react';
import { reasonOf, t as core } from '../../i18n/t';
import { reset, signIn, signUp, type Door, type Said } from '../../sync/account';
import type { ErrorBody } from '../../proto/v1';
import { chars, cleanLine } from '../../text/clean';
import { Field } from '../kit/Field';
import { keep } from '../shell/browser';
import { LEAST_CHARS, Secret } from './Secret';
import { t } from './texts';
import css from './Join.module.css';

export type Way = 'in' | 'up' | 'reset';

const NAME_CHARS = 40;

/** What is wrong, at the field that it is about; `form`: at none of them. */
type Wrong = Partial<Record<'name' | 'password' | 'code' | 'form', string>>;

interface Props {
  door: Door;
  way: Way;
  token: string;
}

/** The fields of one way in. The code of a second factor is asked for only when the server wants it. */
export function Enter({ door, way, token }: Props) {
  const [name, setName] = useState(() => (way === 'reset' ? door.name : ownName()));
  const [password, setPassword] = useState('');
  const [code, setCode] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<Wrong>({});

  const ended = (result: Said) => {
    setBusy(false);
    if ('error' in result) {
      const first = result.error.code === 'code_needed' && code === null;
      if (result.error.code === 'code_needed') setCode((typed) => typed ?? '');
      return setWrong(first ? {} : wrongBy(result.error));
    }
    return location.replace(result.signedIn ? placeAfter(door, way) : '/join');
  };
  const submit = (e: FormEvent) => {
    e.preventDefault();
    if (busy) return;
    const clean = cleanLine(name);
    const found = check(way, clean, password);
    setWrong(found);
    if (Object.keys(found).length > 0) return;
    setBusy(true);
    const who = { name: clean, password, code: code ?? '' };
    const asked = { in: () => signIn(keep, who), up: () => signUp(keep, who, token), reset: () => reset(keep, token, password) };
    void asked[way]().then(ended);
  };
  const asksCode = code !== null;
  // Also where it cannot be changed: password managers look for the name.
  const fixed = way === 'reset' || asksCode;

  return (
    <form className={css.form} onSubmit={submit} noValidate>
      {asksCode && <p className={css.note}>{t('code_text')}</p>}
      <div className={fixed ? 'unseen' : undefined}>
        <Field label={core('name_label')} error={wrong.name ?? ''}>
          {(input) => (
            <input
              {...input}
              name="username"
              value={name}
              readOnly={fixed}
              tabIndex={fixed ? -1 : 0}
              onInput={(e) => setName(e.currentTarget.value)}
              dir="auto"
              autoComplete="username"
              autoCapitalize="off"
              spellCheck={false}
            />
          )}
        </Field>
      </div>
      <div hidden={asksCode}>
        <Secret fresh={way !== 'in'} value={password} error={wrong.password ?? ''} onChange={setPassword} />
      </div>
      {asksCode && <Code value={code} error={wrong.code ?? ''} onChange={setCode} />}
      {wrong.form && (
        <p className={css.wrong} role="alert">
          {wrong.form}
        </p>
      )}
      <button type="submit" className="button primary" disabled={busy}>
        {t(way === 'in' ? 'go_in' : way === 'up' ? 'go_up' : 'reset_save')}
      </button>
      {asksCode && (
        <button type="button" className="button" onClick={() => setCode(null)}>
          {t('code_other')}
        </button>
      )}
    </form>
  );
}

function Code({ value, error, onChange }: { value: string; error: string; onChange(value: string): void }) {
  return (
    <Field label={t('code_label')} hint={t('code_hint')} error={error}>
      {(input) => (
        <input
          {...input}
          name="code"
          value={value}
          onInput={(e) => onChange(e.currentTarget.value)}
          autoComplete="one-time-code"
          autoCapitalize="off"
          spellCheck={false}
          // It was asked for just now, and nothing else is to be typed.
          // oxlint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
        />
      )}
    </Field>
  );
}

/** What one is called here already, unless the server has made it up. */
function ownName(): string {
  const name = keep.get('name') ?? '';
  return /^Guest \d+$/.test(name) ? '' : name;
}

function check(way: Way, name: string, password: string): Wrong {
  const wrong: Wrong = {};
  if (name === '') wrong.name = core('name_empty');
  else if (chars(name) > NAME_CHARS) wrong.name = core('name_long', { count: NAME_CHARS });
  if (password === '') wrong.password = t('password_empty');
  else if (way !== 'in' && chars(password) < LEAST_CHARS) wrong.password = said('weak_password');
  return wrong;
}

const said = (code: string, message = ''): string => core('did_not_work', { reason: reasonOf({ code, message }) });

const PLACES: Record<string, keyof Wrong> = {
  name_taken: 'name',
  weak_password: 'password',
  bad_credentials: 'password',
  code_needed: 'code',
};

const wrongBy = ({ code, message }: ErrorBody): Wrong => ({ [PLACES[code] ?? 'form']: said(code, message) });

/** Whoever was sent out of a room comes back to it; a new owner has a few things to settle. */
function placeAfter(door: Door, way: Way): string {
  if (door.kind === 'owner' && way === 'up') return '/welcome';
  return location.pathname === '/join' ? '/' : location.pathname;
}
