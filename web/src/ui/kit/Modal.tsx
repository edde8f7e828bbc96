import { useId, type ReactNode } from 'react';
import { t } from '../../i18n/t';
import { Dialog } from './Dialog';
import { CloseIcon } from './icons';
import css from './Modal.module.css';

interface Props {
  title: ReactNode;
  onClose(): void;
  /** Wider than a question: lists, tables. */
  wide?: boolean;
  /** Only to be read: then what scrolls it has to take the focus itself. */
  reading?: boolean;
  /** Stands at the foot and does not scroll: buttons. */
  foot?: ReactNode;
  children: ReactNode;
}

/** A dialog with a title, a way out, and a body that scrolls. On a phone it fills the screen from below. */
export function Modal({ title, onClose, wide = false, reading = false, foot, children }: Props) {
  const id = useId();
  return (
    <Dialog className={wide ? `${css.modal} ${css.wide}` : css.modal} labelledBy={id} onClose={onClose}>
      <div className={css.inside}>
        <div className={css.top}>
          <h2 id={id} className={css.title}>
            {title}
          </h2>
          <button type="button" className="icon-button" onClick={onClose} aria-label={t('close')}>
            <CloseIcon />
          </button>
        </div>
        <div className={css.body} tabIndex={reading ? 0 : undefined} role={reading ? 'group' : undefined} aria-labelledby={reading ? id : undefined}>
          {children}
        </div>
        {foot && <div className={css.foot}>{foot}</div>}
      </div>
    </Dialog>
  );
}
