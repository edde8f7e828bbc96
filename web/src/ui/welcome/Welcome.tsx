import { useEffect, useRef, useState, type ComponentType } from 'react';
import { CloseIcon } from '../kit/icons';
import { Mark } from '../kit/Mark';
import { useCalled, useView } from '../shell/session';
import { Invite } from './Invite';
import { Name } from './Name';
import { Ready } from './Ready';
import { Rooms } from './Rooms';
import { t } from './texts';
import { Who } from './Who';
import css from './Welcome.module.css';

export interface StepProps {
  onNext(): void;
}

const STEPS = ['name', 'rooms', 'who', 'invite', 'ready'] as const;
type Step = (typeof STEPS)[number];

const bodies: Record<Step, ComponentType<StepProps>> = { name: Name, rooms: Rooms, who: Who, invite: Invite, ready: Ready };

/** The owner's first start: what a new server needs before people come. */
export default function Welcome() {
  const role = useView((s) => s.you.role);
  // Who one is comes with the first answer of the server.
  if (role === '') return null;
  return role === 'owner' || role === 'admin' ? <Steps /> : <NotYours />;
}

function Steps() {
  const name = useView((s) => s.you.name);
  const called = useCalled();
  const [at, setAt] = useState(0);
  const heading = useRef<HTMLHeadingElement>(null);
  const step = STEPS[at] ?? 'ready';
  const Body = bodies[step];
  // Another step is another page to whoever hears it.
  useEffect(() => heading.current?.focus(), [at]);
  return (
    <div className={css.page}>
      <header className={css.side}>
        <div className={css.brand}>
          <Mark />
          <span className={css.called} dir="auto">
            {called}
          </span>
          <a className="icon-button" href="/" aria-label={t('leave')}>
            <CloseIcon />
          </a>
        </div>
        <h1 className={css.greeting} dir="auto">
          {t('greeting', { name })}
        </h1>
        <p className={css.about}>{t('greeting_text')}</p>
        <Progress at={at} onStep={setAt} />
      </header>
      <main className={css.main}>
        <div className={css.card} key={step}>
          <p className={css.count}>{t('step', { at: at + 1, count: STEPS.length })}</p>
          <h2 ref={heading} tabIndex={-1} className={css.title}>
            {t(`${step}_title`)}
          </h2>
          <p className={css.text}>{t(`${step}_text`)}</p>
          <Body onNext={() => setAt(at + 1)} />
        </div>
      </main>
    </div>
  );
}

/** Where one is; what was passed can be gone back to. */
function Progress({ at, onStep }: { at: number; onStep(at: number): void }) {
  return (
    <ol className={css.steps} aria-label={t('title')}>
      {STEPS.map((step, i) => (
        <li key={step} className={css.step} data-state={i < at ? 'done' : i === at ? 'here' : 'ahead'}>
          <button type="button" onClick={() => onStep(i)} aria-current={i === at ? 'step' : undefined} disabled={i > at}>
            <span className={css.number} aria-hidden="true">
              {i < at ? '✓' : i + 1}
            </span>
            <span className={css.word}>{t(step)}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}

function NotYours() {
  return (
    <main className={css.nobody}>
      <Mark />
      <h1 className={css.title}>{t('not_yours')}</h1>
      <p className={css.text}>{t('not_yours_text')}</p>
      <a className="button primary" href="/">
        {t('to_talk')}
      </a>
    </main>
  );
}
