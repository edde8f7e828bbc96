import { useState, type FormEvent } from 'react';
import { reasonOf, t as core } from '../../i18n/t';
import { chars, cleanLine } from '../../text/clean';
import { Avatar } from '../kit/Avatar';
import { Field } from '../kit/Field';
import { toast } from '../kit/toast';
import { useSession, useView } from '../shell/session';
import { Group } from './Parts';
import { t, type Key } from './texts';
import css from './Profile.module.css';

/** Twelve hues at the lightness of the middle; each scheme draws them in its own. */
const COLORS = [
  '#d37b86', '#d27f66', '#c9884c', '#ae9740', '#73a967', '#4bae87',
  '#21adad', '#3aa6cb', '#689bdb', '#918ed9', '#b283c7', '#c87ca8',
] as const;

const DISPLAY_CHARS = 40;

/** What others see of one. */
export function Profile() {
  const role = useView((s) => s.you.role);
  return (
    <>
      <Name guest={role === 'guest'} />
      {role !== 'guest' && <Card />}
    </>
  );
}

function Name({ guest }: { guest: boolean }) {
  const session = useSession();
  const name = useView((s) => s.you.name);
  const most = useView((s) => s.limits.name_chars);
  // The page may begin with what it remembers: until something is typed the field follows what the server says.
  const [typed, setTyped] = useState<string | null>(null);
  const wish = typed ?? name;
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState('');
  const submit = (e: FormEvent) => {
    e.preventDefault();
    const clean = cleanLine(wish);
    if (busy) return;
    if (clean === '') return setWrong(core('name_empty'));
    if (chars(clean) > most) return setWrong(core('name_long', { count: most }));
    setWrong('');
    setBusy(true);
    return session.rename(clean, (result) => {
      setBusy(false);
      if ('error' in result) return setWrong(core('did_not_work', { reason: reasonOf(result.error) }));
      setTyped(null);
      // Somebody bears it: the server has given a free one, and that should not go by unseen.
      return result.name === clean ? toast(t('saved')) : setWrong(core('name_taken', { name: result.name }));
    });
  };
  return (
    <Group title={t('name')} text={t(guest ? 'name_text_guest' : 'name_text')}>
      <form className={css.line} onSubmit={submit} noValidate>
        <Field label={core('name_label')} error={wrong}>
          {(input) => (
            <input
              {...input}
              value={wish}
              onInput={(e) => setTyped(e.currentTarget.value)}
              dir="auto"
              autoComplete={guest ? 'off' : 'username'}
              autoCapitalize="off"
              spellCheck={false}
            />
          )}
        </Field>
        <button type="submit" className="button outlined" disabled={busy || wish === name}>
          {t('save')}
        </button>
      </form>
    </Group>
  );
}

function Card() {
  const session = useSession();
  const you = useView((s) => s.you);
  const [typed, setTyped] = useState<string | null>(null);
  const [picked, pick] = useState<string | null>(null);
  const display = typed ?? you.display ?? '';
  const color = picked ?? you.color ?? '';
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState('');
  const clean = cleanLine(display);
  const same = clean === (you.display ?? '') && color === (you.color ?? '');
  const submit = async (e: FormEvent) => {
    e.preventDefault();
    if (busy) return;
    if (chars(clean) > DISPLAY_CHARS) return setWrong(core('name_long', { count: DISPLAY_CHARS }));
    setBusy(true);
    const result = await session.act('profile', { display: clean, color });
    setBusy(false);
    const failed = 'error' in result;
    setWrong(failed ? core('did_not_work', { reason: reasonOf(result.error) }) : '');
    if (!failed) toast(t('saved'));
    return undefined;
  };
  return (
    <Group title={t('card')} text={t('card_text')}>
      <form className={css.card} onSubmit={(e) => void submit(e)} noValidate>
        <div className={css.preview} aria-label={t('preview')} role="group">
          <Avatar id={you.id} name={you.name} color={color || undefined} />
          <span className={css.names}>
            <bdi className={css.name}>{clean || you.name}</bdi>
            {clean && <bdi className={css.second}>{you.name}</bdi>}
          </span>
        </div>
        <Field label={t('display')} hint={t('display_hint')} error={wrong}>
          {(input) => (
            <input {...input} value={display} onInput={(e) => setTyped(e.currentTarget.value)} dir="auto" autoComplete="name" />
          )}
        </Field>
        <Colors id={you.id} name={you.name} value={color} onChange={pick} />
        <button type="submit" className={`button primary ${css.save}`} disabled={busy || same}>
          {t('save')}
        </button>
      </form>
    </Group>
  );
}

interface ColorsProps {
  id: string;
  name: string;
  value: string;
  onChange(color: string): void;
}

/** Swatches are the picture itself in each colour. */
function Colors({ id, name, value, onChange }: ColorsProps) {
  // One that another client has set is a choice, too.
  const others = value && !COLORS.some((c) => c === value) ? [value] : [];
  return (
    <fieldset className={css.colors}>
      <legend className={css.legend}>{t('color')}</legend>
      {['', ...COLORS, ...others].map((color, i) => (
        <label key={color} className={css.swatch}>
          <input
            type="radio"
            name="color"
            checked={color === value}
            onChange={() => onChange(color)}
            aria-label={color === '' ? t('color_own') : i <= COLORS.length ? t(`color_${i}` as Key) : color}
          />
          <Avatar id={id} name={name} color={color || undefined} />
        </label>
      ))}
    </fieldset>
  );
}
