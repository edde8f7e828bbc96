// All emoji, to be searched and moved through. Where it is shown (over the page, in a dialog) is for others to say.

import { memo, useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent, type RefObject } from 'react';
import { MenuButton } from '../kit/MenuButton';
import { loadWords, recentEmoji, setTone, toneNow, used } from './emoji';
import { inTone, search, type Emoji } from './find';
import { stepped, stopAt } from './grid';
import { t, tn, type Key } from './words';
import css from './EmojiPicker.module.css';

const COLUMNS = 8;
const FOUND_MOST = 80;
const FACES = ['😀', '👋', '🐻', '🍎', '🚗', '⚽', '💡', '🔣', '🏳️'];
const TONES = [0, 1, 2, 3, 4, 5] as const;
const HAND: Emoji = { glyph: '✋', names: ['hand'], label: '', group: 1, toned: true, words: '' };

interface Part {
  id: string;
  title: string;
  emoji: readonly Emoji[];
}

type Target = { target: EventTarget | null };

const cellAt = (e: Target): HTMLElement | null => (e.target as Element).closest<HTMLElement>('[data-glyph]');

/** `more`: the Shift key was held, so one wants to pick another one after it. */
export function EmojiPicker({ onPick }: { onPick(glyph: string, more: boolean): void }) {
  const { all, failed, again } = useEmoji();
  const [wish, setWish] = useState('');
  const [tone, setToneHere] = useState(toneNow);
  const [shown, show] = useState<Emoji | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const parts = useParts(all, wish);
  const searching = wish.trim() !== '';
  const count = parts.reduce((sum, p) => sum + p.emoji.length, 0);
  useEffect(() => field.current?.focus({ preventScroll: true }), []);

  return (
    <div className={css.picker}>
      <div className={css.top}>
        <Search field={field} grid={grid} wish={wish} onWish={setWish} />
        <Tones
          tone={tone}
          onTone={(next) => {
            setTone(next);
            setToneHere(next);
          }}
        />
      </div>
      {!searching && <Groups parts={parts} grid={grid} />}
      <span className="unseen" role="status">
        {searching && all.length > 0 && (count > 0 ? tn('found', count) : t('none', { wish }))}
      </span>
      {failed && (
        <p className={css.none}>
          {t('failed')}{' '}
          <button type="button" className="button outlined" onClick={again}>
            {t('again')}
          </button>
        </p>
      )}
      {all.length > 0 && count === 0 && (
        <p className={css.none} aria-hidden="true">
          {t('none', { wish })}
        </p>
      )}
      <Grid
        grid={grid}
        parts={parts}
        tone={tone}
        onPick={(glyph, more) => {
          used(glyph);
          onPick(glyph, more);
        }}
        onPoint={(name) => show(all.find((e) => e.names[0] === name) ?? null)}
        onOut={() => field.current?.focus()}
      />
      <Shown emoji={shown} tone={tone} />
    </div>
  );
}

interface SearchProps {
  field: RefObject<HTMLInputElement | null>;
  grid: RefObject<HTMLDivElement | null>;
  wish: string;
  onWish(wish: string): void;
}

function Search({ field, grid, wish, onWish }: SearchProps) {
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.nativeEvent?.isComposing) return;
    const first = grid.current?.querySelector<HTMLElement>('[data-glyph]');
    if (e.key === 'ArrowDown') first?.focus();
    else if (e.key === 'Enter' && wish !== '') first?.click();
    else if (e.key !== 'Enter') return;
    e.preventDefault();
  };
  return (
    <input
      ref={field}
      type="search"
      className={css.search}
      placeholder={t('search')}
      aria-label={t('search')}
      autoComplete="off"
      enterKeyHint="done"
      value={wish}
      onInput={(e) => onWish(e.currentTarget.value)}
      onKeyDown={onKeyDown}
    />
  );
}

interface GridProps {
  grid: RefObject<HTMLDivElement | null>;
  parts: readonly Part[];
  tone: number;
  onPick(glyph: string, more: boolean): void;
  /** The pointer or the focus is on the emoji of this name. */
  onPoint(name: string): void;
  onOut(): void;
}

function Grid({ grid, parts, tone, onPick, onPoint, onOut }: GridProps) {
  const point = (e: Target) => {
    const cell = cellAt(e);
    if (cell) onPoint(cell.title.slice(1, -1));
  };
  const onKeyDown = (e: KeyboardEvent) => {
    const cell = cellAt(e);
    if (!cell || !grid.current) return;
    const next = stepped(grid.current, cell, e.key, e.ctrlKey || e.metaKey);
    if (next === undefined) {
      // Whoever goes on typing looks for another one.
      if (e.key.length === 1 && e.key !== ' ' && !e.ctrlKey && !e.metaKey) onOut();
      return;
    }
    e.preventDefault();
    if (next) next.focus();
    else onOut();
  };
  const onClick = (e: MouseEvent) => {
    const glyph = cellAt(e)?.dataset.glyph;
    if (glyph) onPick(glyph, e.shiftKey);
  };
  const onFocus = (e: Target) => {
    const cell = cellAt(e);
    if (cell && grid.current) stopAt(grid.current, cell);
    point(e);
  };
  return (
    <div
      ref={grid}
      className={css.grid}
      role="grid"
      tabIndex={-1}
      aria-label={t('title')}
      onClick={onClick}
      onKeyDown={onKeyDown}
      onMouseOver={point}
      onFocus={onFocus}
    >
      {parts.map((part, i) => (
        <PartOf key={part.id} part={part} tone={tone} first={i === 0} />
      ))}
    </div>
  );
}

/** What the pointer is on, large. */
function Shown({ emoji, tone }: { emoji: Emoji | null; tone: number }) {
  return (
    <p className={css.shown} aria-hidden="true">
      {emoji && (
        <>
          <span className={css.large}>{inTone(emoji, tone)}</span>
          <span className={css.about}>
            {emoji.label}
            <span className={css.code}>{`:${emoji.names[0]}:`}</span>
          </span>
        </>
      )}
    </p>
  );
}

function useEmoji() {
  const [all, setAll] = useState<readonly Emoji[]>([]);
  const [turn, setTurn] = useState(0);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let gone = false;
    loadWords().then(
      (list) => !gone && setAll(list),
      () => !gone && setFailed(true),
    );
    return () => void (gone = true);
  }, [turn]);
  const again = () => {
    setFailed(false);
    setTurn(turn + 1);
  };
  return { all, failed, again };
}

function useParts(all: readonly Emoji[], wish: string): Part[] {
  // As it was when it was opened: what is picked should not make the grid jump.
  const [recent] = useState(recentEmoji);
  return useMemo(() => {
    if (all.length === 0) return [];
    if (wish.trim() !== '') {
      const emoji = search(all, wish, recent, FOUND_MOST);
      return emoji.length > 0 ? [{ id: 'results', title: t('results'), emoji }] : [];
    }
    const lately = recent.map((g) => all.find((e) => g === e.glyph || bare(g) === bare(e.glyph))).filter((e) => e !== undefined);
    const groups = FACES.map((_, g) => ({ id: `g${g}`, title: t(`group_${g}` as Key), emoji: all.filter((e) => e.group === g) }));
    return lately.length > 0 ? [{ id: 'recent', title: t('recent'), emoji: [...new Set(lately)] }, ...groups] : groups;
  }, [all, wish, recent]);
}

/** Without its tone. */
const bare = (glyph: string): string => glyph.replace(/\p{EMod}|\uFE0F/gu, '');

const PartOf = memo(function PartOf({ part, tone, first }: { part: Part; tone: number; first: boolean }) {
  const id = useId();
  const rows: Emoji[][] = [];
  for (let i = 0; i < part.emoji.length; i += COLUMNS) rows.push(part.emoji.slice(i, i + COLUMNS));
  return (
    <div
      className={css.part}
      role="rowgroup"
      aria-labelledby={id}
      data-part={part.id}
      style={{ '--rows': rows.length } as Record<string, unknown>}
    >
      <p id={id} className={css.title} role="presentation">
        {part.title}
      </p>
      {rows.map((row, r) => (
        <div key={row[0]?.glyph} className={css.row} role="row">
          {row.map((e, c) => (
            <button
              key={e.glyph}
              type="button"
              role="gridcell"
              className={css.cell}
              tabIndex={first && r === 0 && c === 0 ? 0 : -1}
              data-glyph={inTone(e, tone)}
              aria-label={e.label}
              title={`:${e.names[0]}:`}
            >
              {inTone(e, tone)}
            </button>
          ))}
        </div>
      ))}
    </div>
  );
});

function Groups({ parts, grid }: { parts: readonly Part[]; grid: RefObject<HTMLDivElement | null> }) {
  const go = (id: string) => {
    const part = grid.current?.querySelector<HTMLElement>(`[data-part=${id}]`);
    part?.scrollIntoView({ block: 'start' });
    part?.querySelector<HTMLElement>('[data-glyph]')?.focus({ preventScroll: true });
  };
  return (
    <div className={css.groups} role="group" aria-label={t('groups')}>
      {parts.map(({ id, title }) => (
        <button key={id} type="button" className={css.group} aria-label={title} title={title} onClick={() => go(id)}>
          {id === 'recent' ? '🕘' : FACES[Number(id.slice(1))]}
        </button>
      ))}
    </div>
  );
}

function Tones({ tone, onTone }: { tone: number; onTone(tone: number): void }) {
  const items = TONES.map((n) => ({
    label: t(`tone_${n}`),
    icon: <span aria-hidden="true">{inTone(HAND, n)}</span>,
    checked: n === tone,
    run: () => onTone(n),
  }));
  return (
    <MenuButton label={t('tone')} items={items} className={css.tone}>
      {inTone(HAND, tone)}
    </MenuButton>
  );
}
