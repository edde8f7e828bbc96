import { useState, type FormEvent } from 'react';
import { reasonOf, t } from '../../i18n/t';
import { LOBBY, type ErrorBody } from '../../proto/v1';
import { chars, cleanLine } from '../../text/clean';
import { Dialog } from '../kit/Dialog';
import { go, hrefOf } from '../shell/route';
import { useSession, useView } from '../shell/session';
import form from '../kit/Form.module.css';

interface Props {
  room: string;
  onClose(): void;
}

/** What a room is about, and the way out of it. */
export function RoomDialog({ room: id, onClose }: Props) {
  const session = useSession();
  const topicChars = useView((s) => s.limits.topic_chars);
  const room = useView((s) => s.rooms.find((r) => r.id === id) ?? null);
  const [topic, setTopic] = useState(room?.topic ?? '');
  const [busy, setBusy] = useState(false);
  const [said, say] = useState('');

  const ended = (then: () => void) => (result: { ok: unknown } | { error: ErrorBody }) => {
    setBusy(false);
    if ('error' in result) say(t('did_not_work', { reason: reasonOf(result.error) }));
    else then();
  };
  const save = (e: FormEvent) => {
    e.preventDefault();
    if (busy) return;
    if (chars(cleanLine(topic)) > topicChars) return say(t('name_long', { count: topicChars }));
    setBusy(true);
    session.setTopic(id, topic, ended(onClose));
  };
  const leave = () => {
    setBusy(true);
    session.leave(
      id,
      ended(() => {
        onClose();
        go(hrefOf(LOBBY));
      }),
    );
  };

  return (
    <Dialog className={form.dialog} labelledBy="room-title" onClose={onClose}>
      <form className={form.form} onSubmit={save} noValidate>
        <h2 id="room-title" className={form.title}>
          <bdi>{room?.name}</bdi>
        </h2>
        <label className={form.label} htmlFor="room-topic">
          {t('topic_label')}
        </label>
        <input
          id="room-topic"
          className={form.input}
          value={topic}
          onInput={(e) => setTopic(e.currentTarget.value)}
          dir="auto"
          autoComplete="off"
          aria-describedby="room-said"
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- a dialog starts where one types
          autoFocus
        />
        <p id="room-said" className={said ? form.said : form.hint} role="status">
          {said || t('topic_hint')}
        </p>
        <div className={form.buttons}>
          {id !== LOBBY && (
            <button type="button" className={`button ${form.danger}`} onClick={leave} disabled={busy}>
              {t('room_leave')}
            </button>
          )}
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
