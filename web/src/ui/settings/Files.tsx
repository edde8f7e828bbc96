import { reasonOf, t as core } from '../../i18n/t';
import { sizeOf } from '../../i18n/size';
import { shortOf } from '../../i18n/time';
import type { ListRows } from '../../proto/v1';
import { Empty } from '../kit/Empty';
import { TrashIcon } from '../kit/moreIcons';
import { toast } from '../kit/toast';
import { hrefOf } from '../shell/route';
import { useSession, useView } from '../shell/session';
import { FileIcon } from './icons';
import { t, tn } from './texts';
import { useList } from './useList';
import css from './List.module.css';

/** What one has sent, and where it is. */
export function Files() {
  const session = useSession();
  const { rows, more, next, said, drop } = useList('files');
  const empty = rows?.length === 0 && !said;
  const end = async (id: string) => {
    const result = await session.act('file_end', { file: id });
    if ('error' in result) return toast(core('did_not_work', { reason: reasonOf(result.error) }));
    drop(id);
    return toast(t('file_deleted'));
  };
  return (
    <>
      {!empty && <p className={css.text}>{t('files_text')}</p>}
      <div role="status">
        {empty ? (
          <Empty title={t('files_none')}>{t('files_none_text')}</Empty>
        ) : (
          <p>{said || (rows ? sumOf(rows, more) : t('loading'))}</p>
        )}
      </div>
      {rows && rows.length > 0 && (
        <ul className={css.list} aria-label={t('files')}>
          {rows.map((row) => (
            <Row key={row.id} row={row} onEnd={() => void end(row.id)} />
          ))}
        </ul>
      )}
      {more && (
        <p>
          <button type="button" className="button outlined" onClick={next}>
            {t('more')}
          </button>
        </p>
      )}
    </>
  );
}

function sumOf(rows: readonly ListRows['files'][], more: boolean): string {
  const size = sizeOf(rows.reduce((sum, row) => sum + row.bytes, 0));
  return more ? t('files_more', { count: rows.length, size }) : tn('files_sum', rows.length, { size });
}

function Row({ row, onEnd }: { row: ListRows['files']; onEnd(): void }) {
  const { id, name, bytes, created, room, seq } = row;
  const title = useView((s) => s.rooms.find((r) => r.id === room)?.title);
  return (
    <li className={css.row}>
      <FileIcon />
      <span className={css.words}>
        <span className={css.main}>
          <a className={css.link} href={`/api/v1/files/${id}/${encodeURIComponent(name)}`} target="_blank" rel="noreferrer">
            <bdi>{name}</bdi>
          </a>
        </span>
        <span className={css.faint}>
          {sizeOf(bytes)} · {shortOf(created ?? 0)}
          {' · '}
          {!room && t('file_unused')}
          {room && title === undefined && t('file_gone')}
          {room && title !== undefined && (
            <a href={hrefOf(room, seq ?? null)} aria-label={t('file_jump', { name, room: title })}>
              {t('file_in', { room: title })}
            </a>
          )}
        </span>
      </span>
      {!room && (
        <button type="button" className="icon-button" onClick={onEnd} aria-label={t('file_delete', { name })}>
          <TrashIcon />
        </button>
      )}
    </li>
  );
}
