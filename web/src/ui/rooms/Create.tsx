import { useId, useState, type FormEvent } from 'react';
import { t as core } from '../../i18n/t';
import { isModerator } from '../../sync/roles';
import { chars, cleanLine } from '../../text/clean';
import { Field } from '../kit/Field';
import { Modal } from '../kit/Modal';
import { Switch } from '../kit/Switch';
import { toast } from '../kit/toast';
import type { Findable } from '../people/directory';
import { PeoplePicker } from '../people/PeoplePicker';
import { go, hrefOf } from '../shell/route';
import { useSession, useView } from '../shell/session';
import { addAll, failed } from './act';
import { KindIcon } from './RoomIcon';
import { texts } from './texts';
import css from './Create.module.css';

const { t } = texts;
const KINDS = ['public', 'private', 'announcement'] as const;
type Kind = (typeof KINDS)[number];

const nobody: readonly Findable[] = [];

/** A new room. */
export function Create({ onClose }: { onClose(): void }) {
  const session = useSession();
  const { name_chars: most } = useView((s) => s.limits);
  const someGuests = useView((s) => s.server.guests !== 'off');
  const [name, setName] = useState('');
  const [kind, setKind] = useState<Kind>('public');
  const [guests, setGuests] = useState(false);
  const [people, setPeople] = useState(nobody);
  const [said, say] = useState('');
  const [busy, setBusy] = useState(false);

  const create = async (e: FormEvent) => {
    e.preventDefault();
    const clean = cleanLine(name);
    if (busy) return;
    if (clean === '') return say(t('create_name_empty'));
    if (chars(clean) > most) return say(core('name_long', { count: most }));
    setBusy(true);
    const made = await session.submit({ op: 'create', name: clean, kind, ...(guests ? { guests } : {}) });
    setBusy(false);
    if ('error' in made) return say(failed(made.error));
    onClose();
    go(hrefOf(made.ok.room));
    const added = await addAll(session, made.ok.room, people);
    if (added.said) toast(t('create_not_all', { reason: added.said }));
  };

  return (
    <Modal
      title={t('create_title')}
      onClose={onClose}
      foot={
        <>
          <button type="button" className="button" onClick={onClose}>
            {core('cancel')}
          </button>
          <button type="submit" form="create-room" className="button primary" disabled={busy}>
            {t('create_done')}
          </button>
        </>
      }
    >
      <form id="create-room" className={css.form} onSubmit={(e) => void create(e)} noValidate>
        <Field label={t('create_name')} hint={t('create_name_hint', { count: most })} error={said}>
          {(input) => (
            <input
              {...input}
              value={name}
              onInput={(e) => {
                setName(e.currentTarget.value);
                say('');
              }}
              dir="auto"
              autoComplete="off"
              // oxlint-disable-next-line jsx-a11y/no-autofocus -- a dialog starts where one types
              autoFocus
            />
          )}
        </Field>
        <Kinds kind={kind} onPick={setKind} />
        {someGuests && <Switch label={t('create_guests')} hint={t('create_guests_hint')} on={guests} onChange={setGuests} />}
        <PeoplePicker label={t('create_people')} most={50} chosen={people} onChange={setPeople} />
      </form>
    </Modal>
  );
}

/** The kinds as cards with what they mean; announcements are for moderators to make. */
export function Kinds({ kind, onPick }: { kind: string; onPick(kind: Kind): void }) {
  const name = useId();
  const moderator = useView(isModerator);
  return (
    <fieldset className={css.kinds}>
      <legend className={css.legend}>{t('create_kind')}</legend>
      {KINDS.filter((k) => k !== 'announcement' || moderator || kind === k).map((k) => (
        <label key={k} className={css.kind}>
          <input type="radio" name={name} className={css.radio} checked={k === kind} onChange={() => onPick(k)} />
          <span className={css.icon}>
            <KindIcon kind={k} />
          </span>
          <span className={css.words}>
            <span className={css.what}>{t(`kind_${k}`)}</span>
            <span className={css.hint}>{t(`kind_${k}_hint`)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

export default Create;
