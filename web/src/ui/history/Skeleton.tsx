import { t } from '../../i18n/t';
import css from './Skeleton.module.css';

/** How wide the lines of each are, in percent. */
const SHAPES = [[62, 38], [45], [78, 70, 24], [55], [68, 30]] as const;

/** In the place of messages that are on their way. Shows itself only when they take their time. */
export function Skeleton() {
  return (
    <div className={css.skeleton} data-skeleton="">
      <p className="unseen" role="status">
        {t('loading')}
      </p>
      {SHAPES.map((lines) => (
        <div key={lines.join()} className={css.message} aria-hidden="true">
          <span className={css.face} />
          <span className={css.name} />
          {lines.map((width) => (
            <span key={width} className={css.line} style={{ inlineSize: `${width}%` }} />
          ))}
        </div>
      ))}
    </div>
  );
}
