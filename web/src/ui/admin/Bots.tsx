import { useState, type FormEvent } from 'react';
import { shortOf } from '../../i18n/time';
import { Avatar } from '../kit/Avatar';
import { Field } from '../kit/Field';
import { TrashIcon } from '../kit/moreIcons';
import { useSession } from '../shell/session';
import { told, useRows } from './office';
import { Ask, List, Once, Row } from './parts';
import { t } from './texts';
import css from './Admin.module.css';

/** Programs that are somebody here. */
export function Bots() {
  const session = useSession();
  const list = useRows('bots');
  const [name, setName] = useState('');
  const [made, setMade] = useState<{ name: string; token: string } | null>(null);
  const [ending, end] = useState<{ id: string; name: string } | null>(null);

  const make = async (e: FormEvent) => {
    e.preventDefault();
    const result = await session.act('bot', { name: name.trim() });
    if (!told(result, '') || !('token' in result)) return;
    setMade({ name: name.trim(), token: result.token ?? '' });
    setName('');
    list.again();
  };
  const remove = async (bot: { id: string; name: string }) => {
    if (told(await session.act('bot_end', { person: bot.id }), t('bot_ended', { name: bot.name }))) list.again();
  };

  return (
    <>
      <p className={css.text}>{t('bots_text')}</p>
      {made && <Once label={t('bot_token', { name: made.name })} value={made.token} onClose={() => setMade(null)} />}
      <form className={css.card} onSubmit={(e) => void make(e)}>
        <Field label={t('bot_name')}>
          {(input) => (
            <div className={css.line}>
              <input {...input} value={name} maxLength={40} onInput={(e) => setName(e.currentTarget.value)} dir="auto" autoComplete="off" />
              <button type="submit" className="button primary" disabled={name.trim() === ''}>
                {t('bot_make')}
              </button>
            </div>
          )}
        </Field>
      </form>
      <List list={list} none={t('bots_none')}>
        {(b) => (
          <Row
            key={b.id}
            face={<Avatar id={b.id} name={b.name} />}
            title={<bdi>{b.name}</bdi>}
            sub={[b.created && t('made', { time: shortOf(b.created) }), b.seen ? t('seen', { time: shortOf(b.seen) }) : t('never_seen')]
              .filter(Boolean)
              .join(' · ')}
          >
            <button type="button" className="icon-button" onClick={() => end(b)} aria-label={t('bot_end', { name: b.name })}>
              <TrashIcon />
            </button>
          </Row>
        )}
      </List>
      {ending && (
        <Ask
          title={t('bot_end', { name: ending.name })}
          text={t('bot_end_text')}
          action={t('remove')}
          danger
          onDo={() => void remove(ending)}
          onClose={() => end(null)}
        />
      )}
    </>
  );
}
