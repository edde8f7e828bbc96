import { useEffect, useState } from 'react';
import { shortOf } from '../../i18n/time';
import { messagesAt, type Pinned } from '../../sync/pins';
import type { RoomView } from '../../sync/room';
import { plain } from '../../text/markdown';
import { Avatar } from '../kit/Avatar';
import { toast } from '../kit/toast';
import { hrefOf } from '../shell/route';
import { useSession, useView } from '../shell/session';
import { change } from './act';
import { mayPin } from './rights';
import { texts } from './texts';
import { usePins } from './usePins';
import css from './Pins.module.css';

const { t } = texts;
/** Read at once; more when asked for. */
const PAGE = 20;

const none: readonly Pinned[] = [];

/** What is pinned in a room, with the way to each and, for those who may, off the board. */
export function Pins({ room, onClose }: { room: RoomView; onClose(): void }) {
  const session = useSession();
  const seqs = usePins(room.id);
  const [shown, setShown] = useState(PAGE);
  const [pins, setPins] = useState(none);
  const may = useView((s) => mayPin(s, room));
  useEffect(() => {
    let over = false;
    const read = async () => {
      const found = await messagesAt(session, room.id, seqs.slice(0, shown));
      if (!over) setPins(found);
    };
    void read();
    return () => void (over = true);
  }, [session, room.id, seqs, shown]);
  const unpin = async (target: number) => {
    const said = await change(session, room.id, { op: 'unpin', target });
    if (said) toast(said);
  };
  if (seqs.length === 0) {
    return (
      <div className={css.empty}>
        <h3 className={css.heading}>{t('pins_empty_title')}</h3>
        <p>{t('pins_empty')}</p>
      </div>
    );
  }
  return (
    <>
      <ul className={css.list} aria-label={t('pins_list')}>
        {pins.map((pin) => (
          <Pin key={pin.seq} room={room.id} pin={pin} onJump={onClose} onUnpin={may ? () => void unpin(pin.seq) : null} />
        ))}
      </ul>
      {seqs.length > shown && (
        <button type="button" className="button" onClick={() => setShown(shown + PAGE)}>
          {t('members_more')}
        </button>
      )}
    </>
  );
}

interface PinProps {
  room: string;
  pin: Pinned;
  onJump(): void;
  onUnpin: (() => void) | null;
}

function Pin({ room, pin: { seq, event }, onJump, onUnpin }: PinProps) {
  return (
    <li className={css.pin}>
      {event ? (
        <>
          <p className={css.top}>
            <Avatar id={event.from.id} name={event.from.name} />
            <bdi className={css.author}>{event.from.name}</bdi>
            <time className={css.time} dateTime={new Date(event.ts).toISOString()}>
              {shortOf(event.ts)}
            </time>
          </p>
          <p className={css.text} dir="auto">
            {event.text ? plain(event.text) : event.files?.map((f) => f.name).join(', ')}
          </p>
        </>
      ) : (
        <p className={css.gone}>{t('pin_gone')}</p>
      )}
      <p className={css.buttons}>
        <a className="button outlined" href={hrefOf(room, seq)} onClick={onJump}>
          {t('pin_jump')}
        </a>
        {onUnpin && (
          <button type="button" className="button" onClick={onUnpin}>
            {t('pin_unpin')}
          </button>
        )}
      </p>
    </li>
  );
}
