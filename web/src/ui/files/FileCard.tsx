
import { sizeOf } from '../../i18n/size';
import { toast } from '../kit/toast';
import { access } from './carry';
import { FileName } from './FileName';
import { KindIcon, SaveIcon } from './icons';
import { kindOf } from './kind';
import { save, urlOf } from './source';
import { t } from './words';
import css from './Attachments.module.css';

interface Saved {
  id: string;
  name: string;
  type: string;
  bytes: number;
}

/** A file to be saved: what it is, how it is called, how large it is. */
export function FileCard({ file }: { file: Saved }) {
  const { name, bytes, type } = file;
  return (
    <a className={css.card} {...saving(file)}>
      <span className="unseen">{t('file_save', { name, size: sizeOf(bytes) })}</span>
      <span className={css.kind}>
        <KindIcon kind={kindOf(type)} />
      </span>
      <span className={css.words} aria-hidden="true">
        <FileName name={name} />
        <span className={css.size}>{sizeOf(bytes)}</span>
      </span>
      <SaveIcon />
    </a>
  );
}

/** What makes a link save the file. The browser asks with the cookie; for a guest the page has to. */
export function saving(file: Saved) {
  const onClick = (e: { preventDefault(): void }) => {
    if (access.bearer === '') return;
    e.preventDefault();
    void save(file).then((saved) => saved || toast(t('picture_failed', { name: file.name })));
  };
  return { href: urlOf(file), download: file.name, onClick };
}
