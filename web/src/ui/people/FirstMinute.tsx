import { useState, type FormEvent } from 'react';
import { reasonOf, t } from '../../i18n/t';
import { chars, cleanLine } from '../../text/clean';
import { toast } from '../kit/toast';
import { lostAccount } from '../account/lost';
import { toComposer } from '../shell/surfaces';
import { useSession, useView } from '../shell/session';
import { texts as words } from './texts';
import css from './FirstMinute.module.css';

/** One is here already and can talk; this only asks, once, what one would like to be called. */
export function FirstMinute({ onDone }: { onDone(): void }) {
  const session = useSession();
  const name = useView((s) => s.you.name);
  const most = useView((s) => s.limits.name_chars);
  const [wish, setWish] = useState('');
  const [said, say] = useState('');
  // Whoever had an account here is no newcomer, and has heard so much.
  const [lost] = useState(lostAccount);
  const done = () => {
    onDone();
    toComposer();
  };
  const save = (e: FormEvent) => {
    e.preventDefault();
    const clean = cleanLine(wish);
    if (clean === '') return done();
    if (chars(clean) > most) return say(t('name_long', { count: most }));
    return session.rename(clean, (result) => {
      if ('error' in result) say(t('did_not_work', { reason: reasonOf(result.error) }));
      else {
        // Somebody bears it: the server has given a free one, and that should not go by unseen.
        if (result.name !== clean) toast(t('name_taken', { name: result.name }));
        done();
      }
    });
  };
  if (lost) return null;
  return (
    <section className={css.card} aria-labelledby="first-title">
      <div className={css.words}>
        <h2 id="first-title" className={css.title}>
          {words.t('first_title', { name })}
        </h2>
        <p id="first-text" className={said ? css.said : css.text} role="status">
          {said || words.t('first_text')}
        </p>
      </div>
      <form className={css.form} onSubmit={save} noValidate>
        <input
          className={css.input}
          aria-label={words.t('first_field')}
          aria-describedby="first-text"
          placeholder={words.t('first_field')}
          value={wish}
          onInput={(e) => {
            setWish(e.currentTarget.value);
            say('');
          }}
          dir="auto"
          autoComplete="off"
        />
        <button type="submit" className="button primary">
          {words.t('first_save')}
        </button>
        <button type="button" className="button" onClick={done}>
          {words.t('first_skip')}
        </button>
      </form>
    </section>
  );
}

export default FirstMinute;
