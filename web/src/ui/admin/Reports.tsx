import { useState } from 'react';
import { shortOf } from '../../i18n/time';
import type { ListRows } from '../../proto/v1';
import { Field } from '../kit/Field';
import { Modal } from '../kit/Modal';
import { hrefOf } from '../shell/route';
import { useSession, useView } from '../shell/session';
import { nameIn, useNames } from './names';
import { told, useRows } from './office';
import { List, Row } from './parts';
import { t } from './texts';
import css from './Admin.module.css';

type Report = ListRows['reports'];

/** What people have reported; those that wait come first. */
export function Reports() {
  const list = useRows('reports');
  const names = useNames();
  const rooms = useView((s) => s.rooms);
  const [closing, close] = useState<Report | null>(null);
  const roomName = (id: string) => rooms.find((r) => r.id === id)?.name ?? id;
  return (
    <>
      <List list={list} none={t('reports_none')}>
        {(r) => (
          <Row
            key={r.id}
            title={<bdi>{r.reason || t('report_of', { name: nameIn(names, r.author) })}</bdi>}
            marks={[t('in_room', { room: roomName(r.room) })]}
            sub={
              <>
                {t('report_of', { name: nameIn(names, r.author) })} ·{' '}
                {t('report_by', { name: nameIn(names, r.by), time: shortOf(r.created ?? 0) })}
                {r.closed !== undefined && ` · ${closedBy(nameIn(names, r.closed_by), r.note)}`}
              </>
            }
          >
            <a className="button outlined" href={hrefOf(r.room, r.seq)}>
              {t('report_open')}
            </a>
            {r.closed === undefined && (
              <button type="button" className="button" onClick={() => close(r)}>
                {t('report_close')}
              </button>
            )}
          </Row>
        )}
      </List>
      {closing && <Close report={closing} onClose={() => close(null)} onDone={list.again} />}
    </>
  );
}

const closedBy = (name: string, note?: string): string =>
  note ? t('report_closed', { name, note }) : t('report_closed_plain', { name });

function Close({ report, onClose, onDone }: { report: Report; onClose(): void; onDone(): void }) {
  const session = useSession();
  const [note, setNote] = useState('');
  const end = async () => {
    onClose();
    if (told(await session.act('report_end', { report: report.id, ...(note.trim() && { note: note.trim() }) }), '')) onDone();
  };
  const foot = (
    <>
      <button type="button" className="button" onClick={onClose}>
        {t('cancel')}
      </button>
      <button type="button" className="button primary" onClick={() => void end()}>
        {t('report_close')}
      </button>
    </>
  );
  return (
    <Modal title={t('report_close')} onClose={onClose} foot={foot}>
      <div className={css.form}>
        <Field label={t('report_note')} hint={t('reason_hint')}>
          {(input) => <input {...input} value={note} maxLength={500} onInput={(e) => setNote(e.currentTarget.value)} dir="auto" />}
        </Field>
      </div>
    </Modal>
  );
}
