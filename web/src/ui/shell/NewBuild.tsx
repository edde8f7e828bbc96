import { t } from '../../i18n/t';
import { useView } from './session';
import css from '../kit/Banner.module.css';

/** The server has a newer page. It is offered, never forced: somebody may be typing. */
export function NewBuild() {
  const there = useView((s) => s.newBuild);
  if (!there) return null;
  return (
    <div className={css.banner} data-banner="build" role="status">
      <p>{t('new_build')}</p>
      <button type="button" className={css.action} onClick={() => location.reload()}>
        {t('reload')}
      </button>
    </div>
  );
}
