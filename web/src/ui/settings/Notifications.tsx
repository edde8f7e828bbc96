import { reasonOf, t as core } from '../../i18n/t';
import { clockOf } from '../../i18n/time';
import type { Level } from '../../proto/v1';
import { Field } from '../kit/Field';
import { Switch } from '../kit/Switch';
import { toast } from '../kit/toast';
import { NotifyButton } from '../notify/NotifyButton';
import { playTone } from '../notify/tone';
import { setPrefs, usePrefs } from '../shell/prefs';
import { useSession, useView } from '../shell/session';
import { Group } from './Parts';
import { t } from './texts';
import css from './List.module.css';

/** The quiet hours of whoever switches them on. */
const NIGHT = { quietFrom: 22, quietTo: 7 };
const NEVER = { quietFrom: 0, quietTo: 0 };
const LEVELS: readonly Level[] = ['all', 'mentions', 'none'];

/** When one is told, and of what. */
export function Notifications() {
  const { sound, quietFrom, quietTo } = usePrefs();
  const quiet = quietFrom !== quietTo;
  return (
    <>
      <Group title={t('notify_device')} text={t('notify_device_text')}>
        <NotifyButton />
        <Switch label={t('sound')} hint={t('sound_text')} on={sound} onChange={setSound} />
        <Switch label={t('quiet')} hint={t('quiet_text')} on={quiet} onChange={(on) => setPrefs(on ? NIGHT : NEVER)} />
        {quiet && (
          <div className={css.hours}>
            <Hour label={t('quiet_from')} value={quietFrom} not={quietTo} onChange={(hour) => setPrefs({ quietFrom: hour })} />
            <Hour label={t('quiet_to')} value={quietTo} not={quietFrom} onChange={(hour) => setPrefs({ quietTo: hour })} />
          </div>
        )}
      </Group>
      <CallWords />
      <Rooms />
    </>
  );
}

/** A line is enough; a text would make every message slow to look at. */
const WORDS_MAX = 200;

/** What else is to be told of than one's name. */
function CallWords() {
  const { callWords } = usePrefs();
  return (
    <Group title={t('call_words')}>
      <Field label={t('call_words_label')} hint={t('call_words_hint')}>
        {(input) => (
          <input
            {...input}
            type="text"
            dir="auto"
            maxLength={WORDS_MAX}
            autoComplete="off"
            defaultValue={callWords}
            onInput={(e) => setPrefs({ callWords: e.currentTarget.value })}
          />
        )}
      </Field>
    </Group>
  );
}

/** Whoever wants a sound hears at once which. */
function setSound(sound: boolean): void {
  setPrefs({ sound });
  if (sound) playTone().catch(() => undefined);
}

interface HourProps {
  label: string;
  value: number;
  /** The other end, with which they would be no hours at all. */
  not: number;
  onChange(hour: number): void;
}

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

function Hour({ label, value, not, onChange }: HourProps) {
  return (
    <label>
      {label}
      <select className={css.select} value={value} onChange={(e) => onChange(Number(e.currentTarget.value))}>
        {HOURS.filter((hour) => hour !== not).map((hour) => (
          <option key={hour} value={hour}>
            {clockOf(new Date(2024, 0, 15, hour).getTime())}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Each room has its level, which is kept by the server and counts on every device. */
function Rooms() {
  const session = useSession();
  const rooms = useView((s) => s.rooms);
  const set = async (select: HTMLSelectElement, { id, level }: { id: string; level: Level }) => {
    const result = await session.setLevel(id, select.value as Level);
    if (!('error' in result)) return;
    // What was not taken is not shown as if it were.
    select.value = level;
    toast(core('did_not_work', { reason: reasonOf(result.error) }));
  };
  return (
    <Group title={t('notify_rooms')} text={t('notify_rooms_text')}>
      <ul className={css.list}>
        {rooms.map((room) => (
          <li key={room.id} className={css.row}>
            <span className={css.words}>
              <bdi className={css.main}>{room.title}</bdi>
            </span>
            <select
              className={css.select}
              aria-label={t('level', { room: room.title })}
              value={room.level}
              onChange={(e) => void set(e.currentTarget, room)}
            >
              {LEVELS.map((level) => (
                <option key={level} value={level}>
                  {t(`level_${level}`)}
                </option>
              ))}
            </select>
          </li>
        ))}
      </ul>
    </Group>
  );
}
