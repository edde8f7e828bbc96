import { useState } from 'react';
import { fitting, LOCALES, type Locale } from '../../i18n/t';
import { TEXT_PERCENTS, setPrefs, usePrefs, type Prefs } from '../shell/prefs';
import { Choice, Group, type Option } from './Parts';
import { Sample } from './Sample';
import { t } from './texts';
import css from './Appearance.module.css';
import list from './List.module.css';

const THEMES: readonly Prefs['theme'][] = ['system', 'light', 'dark'];

/** How the page looks on this device. Everything shows at once, in the page and in the sample of it. */
export function Appearance() {
  const { theme, density, textPercent, clock } = usePrefs();
  const themes = THEMES.map((value) => ({ value, label: t(`theme_${value}`), picture: <Picture theme={value} /> }));
  const densities: Option<Prefs['density']>[] = [
    { value: 'cosy', label: t('density_cosy') },
    { value: 'compact', label: t('density_compact') },
  ];
  const sizes = TEXT_PERCENTS.map((value) => ({ value: value as number, label: t('size_percent', { count: value }) }));
  const clocks: Option<Prefs['clock']>[] = [
    { value: 'auto', label: t('clock_auto') },
    { value: '12', label: t('clock_12') },
    { value: '24', label: t('clock_24') },
  ];
  return (
    <>
      <Sample />
      <Choice title={t('theme')} tiles options={themes} value={theme} onChange={(value) => setPrefs({ theme: value })} />
      <Choice title={t('density')} options={densities} value={density} onChange={(value) => setPrefs({ density: value })} />
      <Choice title={t('size')} options={sizes} value={textPercent} onChange={(value) => setPrefs({ textPercent: value })} />
      <Choice title={t('clock')} options={clocks} value={clock} onChange={(value) => setPrefs({ clock: value })} />
      <Language />
    </>
  );
}

/** The page in small: its side, its sheet, a few lines of talk. */
function Picture({ theme }: { theme: Prefs['theme'] }) {
  const halves = theme === 'system' ? (['light', 'dark'] as const) : ([theme] as const);
  return (
    <span className={css.picture} aria-hidden="true">
      {halves.map((half) => (
        <span key={half} className={`${css.half} ${css[half]}`}>
          <span className={css.spine} />
          <span className={css.sheet}>
            <span className={css.line} />
            <span className={css.line} />
            <span className={`${css.line} ${css.accent}`} />
          </span>
        </span>
      ))}
    </span>
  );
}

const nameOf = (locale: Locale): string => new Intl.DisplayNames([locale], { type: 'language' }).of(locale) ?? locale;

/** Chosen first and taken then: a page that loads anew with each press of an arrow would be none to choose in. */
function Language() {
  const { language } = usePrefs();
  const [wish, setWish] = useState<Locale | ''>(language);
  const use = () => {
    setPrefs({ language: wish });
    location.reload();
  };
  return (
    <Group title={t('language')} text={t('language_text')}>
      <div className={list.hours}>
        <select
          className={list.select}
          aria-label={t('language')}
          value={wish}
          onChange={(e) => setWish(e.currentTarget.value as Locale | '')}
        >
          <option value="">{t('language_auto', { name: nameOf(fitting(navigator.languages)) })}</option>
          {LOCALES.map((locale) => (
            <option key={locale} value={locale} lang={locale}>
              {nameOf(locale)}
            </option>
          ))}
        </select>
        <button type="button" className="button outlined" disabled={wish === language} onClick={use}>
          {t('language_use')}
        </button>
      </div>
    </Group>
  );
}
