import { Fragment } from 'react';
import { t, tParts } from '../../i18n/t';
import css from './TypingLine.module.css';

/** Who is typing; has its place always, so that nothing jumps. */
export function TypingLine({ names }: { names: readonly string[] }) {
  const key = names.length === 1 ? 'typing_one' : names.length === 2 ? 'typing_two' : 'typing_many';
  const parts = names.length === 0 ? [] : tParts(t(key));
  return (
    <p className={css.line} data-typing={names.length}>
      {parts.map((part, i) =>
        i % 2 ? (
          <bdi key={part} className={css.name}>
            {names[part === 'first' ? 0 : 1]}
          </bdi>
        ) : (
          <Fragment key={part}>{part}</Fragment>
        ),
      )}
    </p>
  );
}
