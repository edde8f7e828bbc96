import { useState, type FormEvent } from 'react';
import { t as core } from '../../i18n/t';
import type { RoomView } from '../../sync/room';
import { chars, cleanLine } from '../../text/clean';
import { Field } from '../kit/Field';
import { useSession, useView } from '../shell/session';
import { change, copyRoomLink, leave } from './act';
import { LinkIcon } from './moreIcons';
import { mayLeave, mayTopic } from './rights';
import { texts } from './texts';
import css from './Details.module.css';

const { t, tn } = texts;

function kindName(kind: string): string {
  if (kind === 'direct') return t('about_direct');
  return kind === 'private' || kind === 'announcement' ? t(`kind_${kind}`) : t('kind_public');
}

/** What a room is about and what it is, the link to it and the way out of it. */
export function About({ room, onClose }: { room: RoomView; onClose(): void }) {
  const may = useView((s) => mayTopic(s, room));
  const { people } = room;
  return (
    <div className={css.about}>
      {room.archived && <p className={css.notice}>{t('about_archived')}</p>}
      {may ? <Topic key={room.id} room={room} /> : <p className={room.topic ? css.topic : css.faint}>{room.topic ? <bdi>{room.topic}</bdi> : t('topic_none')}</p>}
      <dl className={css.facts}>
        <dt>{t('about_kind')}</dt>
        <dd>{kindName(room.kind)}</dd>
        <dt>{t('about_here')}</dt>
        <dd>{people.count + people.visitors}</dd>
        {room.kind !== 'direct' && (
          <>
            <dt>{t('about_guests')}</dt>
            <dd>{t(room.guests ? 'about_guests_yes' : 'about_guests_no')}</dd>
          </>
        )}
        {room.slow_ms > 0 && (
          <>
            <dt>{t('about_slow')}</dt>
            <dd>{tn('about_slow_s', Math.round(room.slow_ms / 1000))}</dd>
          </>
        )}
        {room.retention_days > 0 && (
          <>
            <dt>{t('about_keep')}</dt>
            <dd>{tn('about_keep_days', room.retention_days)}</dd>
          </>
        )}
      </dl>
      <p className={css.row}>
        <button type="button" className="button outlined" onClick={() => void copyRoomLink(`/r/${room.id}`)}>
          <LinkIcon /> {t('copy_link')}
        </button>
      </p>
      {mayLeave(room) && <Leave room={room} onClose={onClose} />}
    </div>
  );
}

function Topic({ room }: { room: RoomView }) {
  const session = useSession();
  const most = useView((s) => s.limits.topic_chars);
  const [topic, setTopic] = useState(room.topic);
  const [said, say] = useState('');
  const [saved, setSaved] = useState(false);
  const save = async (e: FormEvent) => {
    e.preventDefault();
    const text = cleanLine(topic);
    if (chars(text) > most) return say(t('topic_long', { count: most }));
    const error = await change(session, room.id, { op: 'topic', text });
    say(error ?? '');
    return setSaved(error === null);
  };
  return (
    <form onSubmit={(e) => void save(e)} noValidate>
      <Field label={t('topic_label')} hint={<span role="status">{saved ? t('saved') : t('topic_hint')}</span>} error={said}>
        {(input) => (
          <span className={css.row}>
            <input
              {...input}
              value={topic}
              onInput={(e) => {
                setTopic(e.currentTarget.value);
                setSaved(false);
                say('');
              }}
              dir="auto"
              autoComplete="off"
            />
            <button type="submit" className="button primary" disabled={cleanLine(topic) === room.topic}>
              {core('save')}
            </button>
          </span>
        )}
      </Field>
    </form>
  );
}

/** Asked once more, in place: a private room one does not come back to by oneself. */
function Leave({ room, onClose }: { room: RoomView; onClose(): void }) {
  const session = useSession();
  const [sure, setSure] = useState(false);
  if (!sure) {
    return (
      <div className={css.end}>
        <button type="button" className={`button ${css.leave}`} onClick={() => setSure(true)}>
          {t('leave')}
        </button>
      </div>
    );
  }
  return (
    <div className={css.end} role="group" aria-labelledby="leave-title">
      <h3 id="leave-title">{t('leave_title', { room: room.title })}</h3>
      <p className={css.faint}>{t(room.kind === 'private' ? 'leave_text_private' : 'leave_text')}</p>
      <p className={css.row}>
        <button
          type="button"
          className="button danger"
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- the button that was pressed is gone: this took its place
          autoFocus
          onClick={() => {
            onClose();
            void leave(session, room);
          }}
        >
          {t('leave_go')}
        </button>
        <button type="button" className="button" onClick={() => setSure(false)}>
          {core('cancel')}
        </button>
      </p>
    </div>
  );
}
