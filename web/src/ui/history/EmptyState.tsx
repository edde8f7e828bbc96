import { texts } from '../../i18n/t';
import { Mark } from '../kit/Mark';
import css from './EmptyState.module.css';

const en = {
  empty_title: 'It is quiet in here',
  empty_text: 'Say hello: everyone who is here will see it at once.',
  away_title: 'No connection',
  away_text: 'What was said here comes as soon as there is one.',
} as const;

const de: Record<keyof typeof en, string> = {
  empty_title: 'Hier ist es still',
  empty_text: 'Sag Hallo: Alle, die hier sind, sehen es sofort.',
  away_title: 'Keine Verbindung',
  away_text: 'Was hier gesagt wurde, kommt, sobald es eine gibt.',
};

const { t } = texts({ en, de });

/** Nobody has said anything yet; or it cannot be known, without a connection. */
export default function EmptyState({ away = false }: { away?: boolean }) {
  return (
    <div className={css.empty} data-empty={away ? 'away' : ''}>
      <Mark />
      <p className={css.title}>{t(away ? 'away_title' : 'empty_title')}</p>
      <p>{t(away ? 'away_text' : 'empty_text')}</p>
    </div>
  );
}
