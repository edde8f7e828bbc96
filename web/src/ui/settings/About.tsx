import { t as core } from '../../i18n/t';
import { roleName } from '../account/roles';
import { Mark } from '../kit/Mark';
import { useView } from '../shell/session';
import { t } from './texts';
import css from './About.module.css';

// Filled in by the build.
declare const CLIENT_VERSION: string;

/** What this is, and where one is with it. */
export function About() {
  const you = useView((s) => s.you);
  return (
    <div className={css.about}>
      <Mark />
      <p className={css.app}>{core('app')}</p>
      <p className={css.text}>{t('about_text')}</p>
      <dl className={css.facts}>
        <dt>{t('about_version')}</dt>
        <dd>{CLIENT_VERSION}</dd>
        <dt>{t('about_server')}</dt>
        <dd>{location.host}</dd>
        <dt>{t('about_you')}</dt>
        <dd>
          <bdi>{you.name}</bdi>, {roleName(you.role)}
        </dd>
        <dt>{t('about_licence')}</dt>
        <dd>
          {t('about_licence_text')}{' '}
          <a href="/licenses.txt" target="_blank" rel="noopener">
            {t('about_licences')}
          </a>
        </dd>
      </dl>
    </div>
  );
}
