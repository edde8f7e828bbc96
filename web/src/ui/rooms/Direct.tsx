import { useState } from 'react';
import { t as core } from '../../i18n/t';
import { Modal } from '../kit/Modal';
import type { Findable } from '../people/directory';
import { PeoplePicker } from '../people/PeoplePicker';
import { useSession } from '../shell/session';
import { openDirect } from './openDirect';
import { texts } from './texts';
import form from '../kit/Form.module.css';

const { t } = texts;
/** Ten with oneself. */
const MOST = 9;

const nobody: readonly Findable[] = [];

/** Writing to one or a few where nobody else reads. */
export function Direct({ onClose }: { onClose(): void }) {
  const session = useSession();
  const [people, setPeople] = useState(nobody);
  const [said, say] = useState('');
  const write = async () => {
    if (people.length === 0) return say(t('direct_whom'));
    const error = await openDirect(session, people.map((p) => p.id));
    if (error) return say(error);
    return onClose();
  };
  return (
    <Modal
      title={t('direct_title')}
      onClose={onClose}
      foot={
        <>
          <button type="button" className="button" onClick={onClose}>
            {core('cancel')}
          </button>
          <button type="button" className="button primary" onClick={() => void write()}>
            {t('direct_go')}
          </button>
        </>
      }
    >
      <PeoplePicker label={t('direct_to')} hint={t('direct_hint')} most={MOST} chosen={people} onChange={setPeople} first />
      <p className={form.said} role="status">
        {said}
      </p>
    </Modal>
  );
}

export default Direct;
