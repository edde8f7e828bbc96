import { useId, useState } from 'react';
import type { Level } from '../../proto/v1';
import type { RoomView } from '../../sync/room';
import { useSession } from '../shell/session';
import { failed } from './act';
import { texts } from './texts';
import css from './Create.module.css';
import details from './Details.module.css';

const { t } = texts;
const LEVELS: readonly Level[] = ['all', 'mentions', 'none'];

/** How much one wants to be told of a room; the server keeps it for all devices. */
export function LevelChoice({ room }: { room: RoomView }) {
  const session = useSession();
  const name = useId();
  const [said, say] = useState('');
  const pick = async (level: Level) => {
    const result = await session.setLevel(room.id, level);
    say('error' in result ? failed(result.error) : '');
  };
  return (
    <fieldset className={css.kinds}>
      <legend className={css.legend}>{t('level_title')}</legend>
      {LEVELS.map((level) => (
        // oxlint-disable-next-line jsx-a11y/label-has-associated-control -- its words stand deeper within
        <label key={level} className={css.kind}>
          <input type="radio" name={name} className={css.radio} checked={room.level === level} onChange={() => void pick(level)} />
          <span className={css.words}>
            <span className={css.what}>{t(`level_${level}`)}</span>
            <span className={css.hint}>{t(`level_${level}_hint`)}</span>
          </span>
        </label>
      ))}
      <p className={details.said} role="status">
        {said}
      </p>
    </fieldset>
  );
}
