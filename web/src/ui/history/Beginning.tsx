import type { ReactNode } from 'react';
import { dateOf } from '../../i18n/time';
import { raw, t } from '../../i18n/t';
import type { RoomView } from '../../sync/room';
import type { Entry } from '../../sync/roomlog';
import { Mark } from '../kit/Mark';
import { Name, sentence } from './Notice';
import { isMaking } from './rows';
import css from './Beginning.module.css';

interface Props {
  room: RoomView;
  /** The room's first entry. */
  first: Entry | undefined;
}

/** Over the very first message: what this room is, and who made it when. */
export function Beginning({ room, first }: Props) {
  const name = <Name name={room.title} />;
  const made = isMaking(first) ? first : null;
  const direct = room.kind === 'direct';
  const parts: ReactNode[] = [sentence(raw(direct ? 'beginning_direct' : 'beginning'), { room: name })];
  if (made && !direct) parts.push(' ', sentence(raw('made_by'), { name: <Name name={made.from.name} />, date: dateOf(made.ts) }));
  return (
    <div className={css.beginning} data-beginning="">
      <Mark />
      <p className={css.title}>
        <bdi>{room.title}</bdi>
      </p>
      {room.topic && (
        <p className={css.topic}>
          <bdi>{room.topic}</bdi>
        </p>
      )}
      <p className={css.words}>{parts}</p>
      {room.kind === 'private' && <p className={css.words}>{t('beginning_private')}</p>}
    </div>
  );
}

