import { reasonOf, t as core } from '../../i18n/t';
import { Switch } from '../kit/Switch';
import { toast } from '../kit/toast';
import { useSession, useView } from '../shell/session';
import { t } from './texts';
import type { StepProps } from './Welcome';
import css from './Welcome.module.css';

const SIGNUP: Record<string, Parameters<typeof t>[0]> = { invite: 'signup_invite', open: 'signup_open', closed: 'signup_closed' };
const GUESTS: Record<string, Parameters<typeof t>[0]> = { off: 'guests_off', talk: 'guests_talk', all: 'guests_all' };

/** What the program was started with, the exact way to change it, and the one thing that works from here. */
export function Who({ onNext }: StepProps) {
  const session = useSession();
  const { signup, guests, members_only: braked, slow_ms } = useView((s) => s.server);
  const brake = async (on: boolean) => {
    const result = await session.act('brake', { members_only: on, slow_ms });
    if ('error' in result) toast(core('did_not_work', { reason: reasonOf(result.error) }));
  };
  return (
    <div className={css.form}>
      <Setting title={t('who_accounts')} now={SIGNUP[signup]} options={['--signup invite', '--signup open', '--signup closed']} />
      <Setting
        title={t('who_guests')}
        now={GUESTS[guests]}
        options={['--guests off', '--guests on --guests-may talk', '--guests on --guests-may all']}
      />
      {guests !== 'off' && (
        <div className={css.panel}>
          <Switch label={t('brake')} hint={t('brake_text')} on={braked} onChange={(on) => void brake(on)} />
        </div>
      )}
      <div className={css.buttons}>
        <button type="button" className="button primary" onClick={onNext}>
          {t('next')}
        </button>
      </div>
    </div>
  );
}

interface SettingProps {
  title: string;
  now: Parameters<typeof t>[0] | undefined;
  options: readonly string[];
}

function Setting({ title, now, options }: SettingProps) {
  return (
    <section className={css.panel}>
      <h3 className={css.name}>{title}</h3>
      {now && <p>{t(now)}</p>}
      <p className={css.hint}>{t('who_option')}</p>
      <ul className={css.options}>
        {options.map((option) => (
          <li key={option}>
            <code className={css.code}>{option}</code>
          </li>
        ))}
      </ul>
    </section>
  );
}
