import { useState, type FormEvent } from 'react';
import { shortOf } from '../../i18n/time';
import { Field } from '../kit/Field';
import { TrashIcon } from '../kit/moreIcons';
import { useSession, useView } from '../shell/session';
import { told, useRows } from './office';
import { Ask, List, Once, Row } from './parts';
import { t } from './texts';
import css from './Admin.module.css';

/** Addresses by which programs say something: all of them for admins, those of one room for its hosts. */
export function Webhooks({ room }: { room?: string }) {
  const session = useSession();
  const rooms = useView((s) => s.rooms);
  const list = useRows('webhooks', room);
  const [made, setMade] = useState<{ name: string; url: string } | null>(null);
  const [ending, end] = useState<{ id: string; name: string } | null>(null);
  const roomName = (id: string) => rooms.find((r) => r.id === id)?.name ?? id;

  const remove = async (hook: { id: string; name: string }) => {
    if (told(await session.act('webhook_end', { webhook: hook.id }), t('webhook_ended', { name: hook.name }))) list.again();
  };
  return (
    <div className={css.section}>
      <p className={css.text}>{t('webhooks_text')}</p>
      {made && (
        <>
          <Once label={t('webhook_url', { name: made.name })} value={new URL(made.url, location.href).href} onClose={() => setMade(null)} />
          <p className={css.text}>{t('webhook_example', { json: '{"text": "…"}' })}</p>
        </>
      )}
      <NewWebhook
        room={room}
        onMade={(hook) => {
          setMade(hook);
          list.again();
        }}
      />
      <List list={list} none={t('webhooks_none')}>
        {(w) => (
          <Row
            key={w.id}
            title={<bdi>{w.name}</bdi>}
            marks={[!room && t('in_room', { room: roomName(w.room) })]}
            sub={w.created && t('made', { time: shortOf(w.created) })}
          >
            <button type="button" className="icon-button" onClick={() => end(w)} aria-label={t('webhook_end', { name: w.name })}>
              <TrashIcon />
            </button>
          </Row>
        )}
      </List>
      {ending && (
        <Ask
          title={t('webhook_end', { name: ending.name })}
          text={t('webhook_end_text')}
          action={t('remove')}
          danger
          onDo={() => void remove(ending)}
          onClose={() => end(null)}
        />
      )}
    </div>
  );
}

interface NewProps {
  room: string | undefined;
  onMade(hook: { name: string; url: string }): void;
}

function NewWebhook({ room, onMade }: NewProps) {
  const session = useSession();
  const rooms = useView((s) => s.rooms);
  const offered = rooms.filter((r) => r.kind !== 'direct' && !r.archived);
  const [name, setName] = useState('');
  const [into, setInto] = useState(room ?? 'lobby');
  const make = async (e: FormEvent) => {
    e.preventDefault();
    const result = await session.act('webhook', { room: into, name: name.trim() });
    if (!told(result, '') || !('url' in result)) return;
    onMade({ name: name.trim(), url: result.url ?? '' });
    setName('');
  };
  return (
    <form className={css.card} onSubmit={(e) => void make(e)}>
      <div className={css.pair}>
        <Field label={t('webhook_name')} hint={t('webhook_name_hint')}>
          {(input) => <input {...input} value={name} maxLength={40} onInput={(e) => setName(e.currentTarget.value)} dir="auto" autoComplete="off" />}
        </Field>
        {!room && (
          <Field label={t('webhook_room')}>
            {(input) => (
              <select {...input} value={into} onChange={(e) => setInto(e.currentTarget.value)}>
                {offered.map((r) => (
                  <option key={r.id} value={r.id}>
                    {r.name}
                  </option>
                ))}
              </select>
            )}
          </Field>
        )}
      </div>
      <div className={css.foot}>
        <button type="submit" className="button primary" disabled={name.trim() === ''}>
          {t('webhook_make')}
        </button>
      </div>
    </form>
  );
}
