import { useEffect } from 'react';
import { t } from '../../i18n/t';
import { useView } from './session';
import { reloadToNewest, seekUpdate, useOutdated } from './outdated';
import css from '../kit/Banner.module.css';

/** The server has a newer page. It is offered, never forced: somebody may be typing. */
export function NewBuild() {
  const told = useView((s) => s.newBuild);
  const outdated = useOutdated();
  useEffect(() => {
    if (told) seekUpdate();
  }, [told]);
  if (!told && !outdated) return null;
  return (
    <div className={css.banner} data-banner="build" role="status">
      <p>{t('new_build')}</p>
      <button type="button" className={css.action} onClick={() => void reloadToNewest()}>
        {t('reload')}
      </button>
    </div>
  );
}
