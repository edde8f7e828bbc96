import { useEffect, useMemo } from 'react';
import { copyText } from '../kit/copy';
import { Modal } from '../kit/Modal';
import { toast } from '../kit/toast';
import { useView } from '../shell/session';
import { t } from './texts';
import css from './Account.module.css';

/** They are told once: to be copied, saved or written down now. */
export function RecoveryCodes({ codes, onClose }: { codes: readonly string[]; onClose(): void }) {
  const name = useView((s) => s.you.name);
  const text = t('codes_file', { name, host: location.host, codes: codes.join('\n') });
  const file = useMemo(() => URL.createObjectURL(new Blob([text], { type: 'text/plain' })), [text]);
  useEffect(() => () => URL.revokeObjectURL(file), [file]);
  const copy = async () => toast(t((await copyText(codes.join('\n'))) ? 'copied' : 'copy_failed'));
  return (
    <Modal
      title={t('factor_codes')}
      onClose={onClose}
      foot={
        <>
          <button type="button" className="button" onClick={() => void copy()}>
            {t('copy')}
          </button>
          <a className="button" href={file} download="hubbub-recovery-codes.txt">
            {t('download')}
          </a>
          <button type="button" className="button primary" onClick={onClose}>
            {t('factor_done')}
          </button>
        </>
      }
    >
      <p className={css.faint}>{t('factor_codes_text')}</p>
      <ul className={css.codes} aria-label={t('factor_codes')}>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
    </Modal>
  );
}
