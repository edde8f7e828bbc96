import { fullOf, preciseOf } from '../../i18n/time';
import type { Delivery } from '../../sync/delivery';
import type { Message } from '../../sync/roomlog';
import { Modal } from '../kit/Modal';
import { useSession } from '../shell/session';
import { say } from './words';
import css from './Dialogs.module.css';

/** Where a message has been, and when: typed here, sent, on the server's disk, and back in the room. */
export default function DeliveryDialog({ message: m, onClose }: { message: Message; onClose(): void }) {
  const session = useSession();
  const way = m.mine ? session.deliveryOf(m.key) : undefined;
  return (
    <Modal title={say('delivery')} reading onClose={onClose}>
      <dl className={css.stages} data-delivery="">
        {(way ? ofWay(way) : ofServer(m)).map(([what, ts]) => (
          <div key={what} className={ts === null ? `${css.stage} ${css.ahead}` : css.stage}>
            <dt>{what}</dt>
            <dd>{ts === null ? say('not_yet') : <time dateTime={new Date(ts).toISOString()} title={fullOf(ts)}>{preciseOf(ts)}</time>}</dd>
          </div>
        ))}
      </dl>
      <p className={css.note}>{say('place', { seq: m.seq, day: fullOf(m.ts) })}</p>
      <p className={css.note}>{say(m.mine && !way ? 'delivery_old' : 'delivery_note')}</p>
    </Modal>
  );
}

type Stage = [what: string, ts: number | null];

const ofWay = ({ typed, sent, kept, back }: Delivery): Stage[] => [
  [say('typed'), typed],
  [say('sent'), sent],
  [say('kept'), kept],
  [say('back'), back],
];

/** What everybody knows of it, by the server's clock. */
const ofServer = (m: Message): Stage[] => [[say('kept'), m.ts], ...(m.edited === null ? [] : [[say('edited'), m.edited] as Stage])];
