// The quiet row under the field.

import { Suspense, useState, type KeyboardEvent, type ReactNode, type RefObject } from 'react';
import { later } from '../kit/lazy';
import { SmileIcon } from '../kit/icons';
import { BoldIcon, CodeIcon, FormatIcon, ItalicIcon, ListIcon, QuoteIcon } from '../kit/moreIcons';
import { asCode, marked, wrapped, type Edit, type Spot } from './edits';
import { apply, insert, isTouch, spotOf } from './field';
import { formatShown } from './mode';
import { t, type Key } from './words';
import css from './Tools.module.css';

const EmojiPopover = later(() => import('../emoji/EmojiPopover'));

type Field = RefObject<HTMLTextAreaElement | null>;

const FORMATS: { label: Key; keys?: string; icon: ReactNode; edit(spot: Spot): Edit }[] = [
  { label: 'format_bold', keys: 'B', icon: <BoldIcon />, edit: (s) => wrapped(s, '**') },
  { label: 'format_italic', keys: 'I', icon: <ItalicIcon />, edit: (s) => wrapped(s, '*') },
  { label: 'format_code', keys: 'E', icon: <CodeIcon />, edit: asCode },
  { label: 'format_list', icon: <ListIcon />, edit: (s) => marked(s, 'list') },
  { label: 'format_quote', icon: <QuoteIcon />, edit: (s) => marked(s, 'quote') },
];

const mod = /Mac|iP(?:hone|ad|od)/.test(navigator.platform) ? '⌘' : 'Ctrl+';

/** One goes on writing; a phone's keyboard stays. */
const keepFocus = (e: { preventDefault(): void }): void => e.preventDefault();

/** `children`: the tools of others, such as attaching a file. */
export function Tools({ field, className, children }: { field: Field; className: string | undefined; children: ReactNode }) {
  const [shown, setShown] = useState(formatShown.get);
  const toggle = () => {
    formatShown.set(!shown);
    setShown(!shown);
  };
  return (
    <div className={`${className} ${css.tools}`} data-format={shown ? '' : undefined}>
      {children}
      <EmojiButton field={field} />
      <button
        type="button"
        className={`icon-button ${css.more}`}
        data-when-writing=""
        aria-label={t('format')}
        aria-expanded={shown}
        onMouseDown={keepFocus}
        onClick={toggle}
      >
        <FormatIcon />
      </button>
      <Formats field={field} />
    </div>
  );
}

function EmojiButton({ field }: { field: Field }) {
  const [picker, setPicker] = useState<Element | null>(null);
  const close = () => {
    setPicker(null);
    if (!isTouch()) field.current?.focus();
  };
  return (
    <>
      <button
        type="button"
        className="icon-button"
        aria-label={t('insert_emoji')}
        title={t('insert_emoji')}
        aria-haspopup="dialog"
        aria-expanded={picker !== null}
        onClick={(e) => setPicker(picker ? null : e.currentTarget)}
      >
        <SmileIcon />
      </button>
      {picker && (
        <Suspense fallback={null}>
          <EmojiPopover anchor={picker} onPick={(glyph) => field.current && insert(field.current, glyph)} onClose={close} />
        </Suspense>
      )}
    </>
  );
}

/** One stop for Tab, arrows inside, as toolbars have it. */
function Formats({ field }: { field: Field }) {
  const [stop, setStop] = useState(0);
  const use = (edit: (spot: Spot) => Edit) => field.current && apply(field.current, edit(spotOf(field.current)));
  const onKeyDown = (e: KeyboardEvent<HTMLElement>) => {
    const by = e.key === 'ArrowRight' ? 1 : e.key === 'ArrowLeft' ? -1 : 0;
    if (by === 0) return;
    e.preventDefault();
    const bar = e.currentTarget;
    const next = (stop + (getComputedStyle(bar).direction === 'rtl' ? -by : by) + FORMATS.length) % FORMATS.length;
    setStop(next);
    (bar.children[next] as HTMLElement).focus();
  };
  return (
    // oxlint-disable-next-line jsx-a11y/interactive-supports-focus -- one of its buttons always is the stop for Tab
    <div className={css.formats} role="toolbar" aria-label={t('format')} data-when-writing="" onKeyDown={onKeyDown}>
      {FORMATS.map(({ label, keys, icon, edit }, i) => (
        <button
          key={label}
          type="button"
          className="icon-button"
          tabIndex={i === stop ? 0 : -1}
          aria-label={t(label)}
          title={keys ? `${t(label)} (${mod}${keys})` : t(label)}
          onMouseDown={keepFocus}
          onFocus={() => setStop(i)}
          onClick={() => use(edit)}
        >
          {icon}
        </button>
      ))}
    </div>
  );
}
