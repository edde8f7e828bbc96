import { useState, type FormEvent } from 'react';
import { reasonOf, t } from '../../i18n/t';
import { chars, cleanLine } from '../../text/clean';
import { Dialog } from '../kit/Dialog';
import { useSession, useView } from '../shell/session';
import { texts } from './texts';
import css from '../kit/Form.module.css';

export function NameEditor({ onClose }: { onClose(): void }) {
  const session = useSession();
  const name = useView((s) => s.you.name);
  const nameChars = useView((s) => s.limits.name_chars);
  const [wish, setWish] = useState(name);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState('');

  const submit = (e: FormEvent) => {
    e.preventDefault();
    const clean = cleanLine(wish);
    if (busy) return;
    if (clean === '') return setSaid(t('name_empty'));
    if (chars(clean) > nameChars) return setSaid(t('name_long', { count: nameChars }));
    if (clean === name) return onClose();
    setBusy(true);
    session.rename(clean, (result) => {
      setBusy(false);
      if ('error' in result) setSaid(t('did_not_work', { reason: reasonOf(result.error) }));
      else if (result.name === clean) onClose();
      else {
        // Somebody bears it: the server has given a free one, and that should not go by unseen.
        setWish(result.name);
        setSaid(t('name_taken', { name: result.name }));
      }
    });
  };

  return (
    <Dialog className={css.dialog} labelledBy="name-title" onClose={onClose}>
      <form className={css.form} onSubmit={submit} noValidate>
        <h2 id="name-title" className={css.title}>
          {texts.t('name_title')}
        </h2>
        <label className={css.label} htmlFor="name-input">
          {t('name_label')}
        </label>
        <input
          id="name-input"
          className={css.input}
          value={wish}
          onInput={(e) => setWish(e.currentTarget.value)}
          onFocus={(e) => e.currentTarget.select()}
          dir="auto"
          autoComplete="off"
          aria-describedby="name-said"
          // A dialog that asks one thing starts there.
          // oxlint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
        />
        <p id="name-said" className={said ? css.said : css.hint} role="status">
          {said || texts.t('name_hint', { count: nameChars })}
        </p>
        <div className={css.buttons}>
          <button type="button" className="button" onClick={onClose}>
            {t('name_cancel')}
          </button>
          <button type="submit" className="button primary" disabled={busy}>
            {t('name_save')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
