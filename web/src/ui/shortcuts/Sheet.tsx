import { texts } from '../../i18n/t';
import { shortcuts as de } from '../../i18n/de/shortcuts';
import { shortcuts as en } from '../../i18n/en/shortcuts';
import { offered } from '../composer/commands/table';
import { about, takes } from '../composer/commands/words';
import { useWhyNot } from '../composer/ReadOnly';
import { Modal } from '../kit/Modal';
import { useView } from '../shell/session';
import { capsOf } from './keys';
import { apple } from './listen';
import { PLACES, table, type Shortcut } from './table';
import { known } from './useShortcut';
import css from './Sheet.module.css';

const { t } = texts({ en, de });

/** Every shortcut that does something at the moment, and every command that may be used in the open room. */
export default function Sheet({ onClose }: { onClose(): void }) {
  const all = (Object.keys(table) as Shortcut[]).filter(known);
  return (
    <Modal title={t('title')} wide reading onClose={onClose}>
      <div className={css.places}>
        {PLACES.map((place) => {
          const rows = all.filter((name) => table[name].place === place);
          if (rows.length === 0) return null;
          return (
            <section key={place} className={css.place}>
              <h3 className={css.heading}>{t(`place_${place}`)}</h3>
              <dl>
                {rows.map((name) => (
                  <div key={name} className={css.row}>
                    <dt>{t(name)}</dt>
                    <dd>
                      <Keys of={name} />
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          );
        })}
        <Commands />
      </div>
      <p className={css.hint}>{t('anywhere')}</p>
    </Modal>
  );
}

function Commands() {
  const you = useView((s) => s.you);
  const server = useView((s) => s.server);
  const room = useView((s) => s.room);
  const why = useWhyNot(room);
  if (!room || why) return null;
  return (
    <section className={css.place}>
      <h3 className={css.heading}>{t('place_commands')}</h3>
      <dl>
        {offered({ you, server }, room).map((name) => (
          <div key={name} className={css.row}>
            <dt>{about(name)}</dt>
            <dd className={css.command}>
              /{name} {takes(name) && <span className={css.takes}>{takes(name)}</span>}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Keys({ of }: { of: Shortcut }) {
  return table[of].keys.map((chord, i) => (
    <span key={chord} className={css.chord}>
      {i > 0 && <span className={css.or}>{t('or')}</span>}
      {capsOf(chord, apple).map((cap) => (
        <kbd key={cap} className={css.key}>
          {cap}
        </kbd>
      ))}
    </span>
  ));
}
