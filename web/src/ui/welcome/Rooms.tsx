import { useState, type FormEvent } from 'react';
import { reasonOf, t as core } from '../../i18n/t';
import { chars, cleanLine } from '../../text/clean';
import { useSession, useView } from '../shell/session';
import { t, tn } from './texts';
import type { StepProps } from './Welcome';
import css from './Welcome.module.css';

interface Wish {
  key: 'news' | 'ideas' | 'fun';
  name: string;
  kind: 'public' | 'announcement';
  taken: boolean;
  /** What went wrong with it; empty: nothing. */
  wrong: string;
}

const first = (): Wish[] => [
  { key: 'news', name: t('room_news'), kind: 'announcement', taken: true, wrong: '' },
  { key: 'ideas', name: t('room_ideas'), kind: 'public', taken: true, wrong: '' },
  { key: 'fun', name: t('room_fun'), kind: 'public', taken: true, wrong: '' },
];

/** Rooms that newcomers are in. They are made here and now; one that is there already is not made again. */
export function Rooms({ onNext }: StepProps) {
  const session = useSession();
  const known = useView((s) => s.rooms);
  const most = useView((s) => s.limits.name_chars);
  const [wishes, setWishes] = useState(first);
  const [busy, setBusy] = useState(false);
  const isThere = (wish: Wish) => known.some((room) => room.name === cleanLine(wish.name));
  const change = (key: string, part: Partial<Wish>) => setWishes((all) => all.map((w) => (w.key === key ? { ...w, ...part } : w)));
  const open = wishes.filter((wish) => wish.taken && !isThere(wish));

  const make = async (wish: Wish): Promise<boolean> => {
    const name = cleanLine(wish.name);
    const wrong = name === '' ? core('name_empty') : chars(name) > most ? core('name_long', { count: most }) : '';
    if (wrong) change(wish.key, { wrong });
    if (wrong) return false;
    const result = await session.submit({ op: 'create', name, kind: wish.kind, default: true });
    const failed = 'error' in result;
    change(wish.key, { wrong: failed ? core('did_not_work', { reason: reasonOf(result.error) }) : '' });
    return !failed;
  };
  const submit = async (e: FormEvent) => {
    e.preventDefault();
    if (busy) return;
    setBusy(true);
    const made = await Promise.all(open.map(make));
    setBusy(false);
    if (made.every(Boolean)) onNext();
  };
  return (
    <form className={css.form} onSubmit={(e) => void submit(e)} noValidate>
      <ul className={css.list}>
        {wishes.map((wish) => (
          <Row key={wish.key} wish={wish} there={isThere(wish)} onChange={(part) => change(wish.key, part)} />
        ))}
      </ul>
      <div className={css.buttons}>
        <button type="submit" className="button primary" disabled={busy}>
          {open.length === 0 ? t('next') : tn('rooms_make', open.length)}
        </button>
        {open.length > 0 && (
          <button type="button" className="button" onClick={onNext}>
            {t('later')}
          </button>
        )}
      </div>
    </form>
  );
}

function Row({ wish, there, onChange }: { wish: Wish; there: boolean; onChange(part: Partial<Wish>): void }) {
  const id = `welcome-${wish.key}`;
  return (
    <li className={css.row} data-taken={wish.taken && !there ? '' : undefined}>
      <input
        type="checkbox"
        className={css.check}
        aria-label={t('rooms_take', { name: wish.name })}
        checked={wish.taken || there}
        disabled={there}
        onChange={(e) => onChange({ taken: e.currentTarget.checked })}
      />
      <div className={css.words}>
        <input
          className={css.name}
          aria-label={t('rooms_name')}
          aria-describedby={id}
          aria-invalid={wish.wrong !== ''}
          value={wish.name}
          readOnly={there}
          onInput={(e) => onChange({ name: e.currentTarget.value, taken: true })}
          dir="auto"
          autoComplete="off"
        />
        <p id={id} className={wish.wrong ? css.wrong : css.hint} role={wish.wrong ? 'alert' : undefined}>
          {wish.wrong || (there ? t('rooms_there') : t(`room_${wish.key}_text`))}
        </p>
      </div>
    </li>
  );
}
