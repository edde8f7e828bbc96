import { useId, useState, type KeyboardEvent } from 'react';

import { CloseIcon } from '../kit/icons';
import { texts } from '../rooms/texts';
import { useFound, type Findable } from './directory';
import { Face } from './Face';
import css from './PeoplePicker.module.css';

interface Props {
  label: string;
  hint?: string;
  most: number;
  chosen: readonly Findable[];
  onChange(chosen: readonly Findable[]): void;
  /** Those who are not to be offered. */
  without?: readonly string[];
  /** One opened it to type here. */
  first?: boolean;
}

const none: readonly string[] = [];

/** A field in which people are found by their names and collected: a combobox with what was chosen before it. */
export function PeoplePicker({ label, hint, most, chosen, onChange, without = none, first = false }: Props) {
  const id = useId();
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const taken = new Set([...without, ...chosen.map((p) => p.id)]);
  const found = useFound(query).filter((p) => !taken.has(p.id));
  const full = chosen.length >= most;
  const shown = full ? [] : found.slice(0, 30);
  const current = shown[Math.min(at, shown.length - 1)];
  const add = (person: Findable | undefined) => {
    if (!person || full) return;
    onChange([...chosen, person]);
    setQuery('');
    setAt(0);
  };
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.nativeEvent.isComposing) return;
    if (e.key === 'Backspace' && query === '') return onChange(chosen.slice(0, -1));
    if (e.key === 'Enter' && (query !== '' || chosen.length === 0)) add(current);
    else if (e.key === 'ArrowDown' && shown.length > 0) setAt((at + 1) % shown.length);
    else if (e.key === 'ArrowUp' && shown.length > 0) setAt((at - 1 + shown.length) % shown.length);
    else return undefined;
    return e.preventDefault();
  };
  return (
    <div className={css.picker}>
      <label className={css.label} htmlFor={id}>
        {label}
      </label>
      <div className={css.field}>
        {chosen.map((p) => (
          <span key={p.id} className={css.chip}>
            <bdi>{p.name}</bdi>
            <button
              type="button"
              className={css.drop}
              onClick={() => onChange(chosen.filter((c) => c !== p))}
              aria-label={texts.t('picked_remove', { name: p.name })}
            >
              <CloseIcon />
            </button>
          </span>
        ))}
        <input
          id={id}
          className={css.input}
          role="combobox"
          aria-expanded={shown.length > 0}
          aria-controls={`${id}-list`}
          aria-activedescendant={current ? `${id}-${current.id}` : undefined}
          aria-autocomplete="list"
          aria-describedby={`${id}-hint`}
          placeholder={chosen.length === 0 ? texts.t('pick_hint') : ''}
          value={query}
          disabled={full}
          onInput={(e) => {
            setQuery(e.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
          dir="auto"
          autoComplete="off"
          spellCheck={false}
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- where one types is where a dialog starts
          autoFocus={first}
        />
      </div>
      <p id={`${id}-hint`} className={css.hint}>
        {full ? texts.t('picked_full') : (hint ?? texts.tn('pick_most', most))}
      </p>
      <div id={`${id}-list`} className={css.list} role="listbox" aria-label={label} tabIndex={-1}>
        {shown.map((p) => (
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the keys are the field's
          <div
            key={p.id}
            id={`${id}-${p.id}`}
            role="option"
            aria-selected={p === current}
            tabIndex={-1}
            className={css.option}
            onClick={() => add(p)}
          >
            <Face id={p.id} name={p.name} />
            <bdi className={css.name}>{p.name}</bdi>
            {p.display && <bdi className={css.display}>{p.display}</bdi>}
          </div>
        ))}
      </div>
      {shown.length === 0 && !full && <p className={css.hint}>{texts.t(query === '' ? 'pick_nobody' : 'pick_none')}</p>}
    </div>
  );
}
