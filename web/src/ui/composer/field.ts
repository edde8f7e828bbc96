// The text field as a text with a selection. Changes go through the browser's editing, so that one can undo them.

import type { Edit, Spot } from './edits';

export const spotOf = ({ value, selectionStart, selectionEnd }: HTMLTextAreaElement): Spot => ({
  text: value,
  from: selectionStart,
  to: selectionEnd,
});

export function apply(area: HTMLTextAreaElement, edit: Edit): void {
  area.focus();
  area.setSelectionRange(edit.from, edit.to);
  if (edit.from !== edit.to || edit.put !== '') write(area, edit);
  area.setSelectionRange(...edit.select);
}

function write(area: HTMLTextAreaElement, { from, to, put }: Edit): void {
  // There is nothing newer that keeps the history of a text field; a browser without it changes the text all the same.
  const done = put === '' ? document.execCommand?.('delete') : document.execCommand?.('insertText', false, put);
  if (done) return;
  area.setRangeText(put, from, to, 'end');
  area.dispatchEvent(new Event('input', { bubbles: true }));
}

/** Puts a text where the caret is, with a blank before it where it would grow together with a word. */
export function insert(area: HTMLTextAreaElement, put: string): void {
  const { text, from, to } = spotOf(area);
  const whole = /\S/.test(text[from - 1] ?? ' ') ? ` ${put}` : put;
  apply(area, { from, to, put: whole, select: [from + whole.length, from + whole.length] });
}

/** Lets the field grow with its text where CSS alone cannot yet. */
export function fitter(): (area: HTMLTextAreaElement) => void {
  if (typeof CSS !== 'undefined' && CSS.supports('field-sizing', 'content')) return () => {};
  return (area) => {
    area.style.blockSize = 'auto';
    area.style.blockSize = `${area.scrollHeight}px`;
  };
}

export const isTouch = (): boolean => matchMedia('(hover: none) and (pointer: coarse)').matches;
