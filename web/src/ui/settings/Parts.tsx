// What the parts of the settings are made of: groups with a heading, rows with a control, choices of a few.

import { useId, type ReactNode } from 'react';
import css from './Parts.module.css';

interface GroupProps {
  title: string;
  text?: ReactNode;
  /** Something beside the title: how it stands. */
  mark?: ReactNode;
  children?: ReactNode;
}

/** Things that belong together. */
export function Group({ title, text, mark, children }: GroupProps) {
  const id = useId();
  return (
    <section className={css.group} aria-labelledby={id}>
      <div className={css.top}>
        <h2 id={id} className={css.title}>
          {title}
        </h2>
        {mark}
      </div>
      {text && <p className={css.text}>{text}</p>}
      {children}
    </section>
  );
}

export interface Option<V extends string | number> {
  value: V;
  label: string;
  /** What it looks like. */
  picture?: ReactNode;
}

interface ChoiceProps<V extends string | number> {
  title: string;
  options: readonly Option<V>[];
  value: V;
  onChange(value: V): void;
  /** Pictures with words under them instead of a bar of words. */
  tiles?: boolean;
}

/** One of a few, all of them in sight. Radio buttons by nature: one stop, arrows choose. */
export function Choice<V extends string | number>({ title, options, value, onChange, tiles = false }: ChoiceProps<V>) {
  const name = useId();
  return (
    <fieldset className={css.group}>
      <legend className={css.title}>{title}</legend>
      <div className={tiles ? css.tiles : css.bar}>
        {options.map((option) => (
          <label key={option.value} className={tiles ? css.tile : css.option}>
            <input
              type="radio"
              className={css.radio}
              name={name}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            {option.picture}
            <span className={css.word}>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
