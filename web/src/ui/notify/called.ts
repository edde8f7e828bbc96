// Marks the words by which one wants to be called in what others have said. With the browser's own highlights (CSS Custom
// Highlight API), so that no message is drawn again for it; a browser without them only rings.

import { callsIn, type Called } from '../../text/calls';
import { onPrefs, prefs } from '../shell/prefs';
import './called.css';

const NAME = 'called';
const TEXTS = '[data-message=theirs] [data-text]';
const BLOCK = 'p, li, pre, blockquote';

/** What was found in an element, for the text that it had. */
const known = new WeakMap<Element, { words: string; text: string; ranges: Range[] }>();

export function beginCalled(): void {
  if (typeof CSS === 'undefined' || !('highlights' in CSS)) return;
  let due = 0;
  const soon = () => {
    due ||= requestAnimationFrame(() => {
      due = 0;
      mark();
    });
  };
  const observer = new MutationObserver(soon);
  const changed = () => {
    observer.disconnect();
    if (prefs().callWords !== '') observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    soon();
  };
  onPrefs(changed);
  changed();
}

function mark(): void {
  const words = prefs().callWords;
  const ranges = words === '' ? [] : [...document.querySelectorAll(TEXTS)].flatMap((at) => rangesIn(at, words));
  if (ranges.length > 0) CSS.highlights.set(NAME, new Highlight(...ranges));
  else CSS.highlights.delete(NAME);
}

function rangesIn(at: Element, words: string): Range[] {
  const text = at.textContent;
  const before = known.get(at);
  const holds = before?.words === words && before.text === text && before.ranges.every((r) => r.startContainer.isConnected);
  const ranges = holds ? before.ranges : find(at, words);
  known.set(at, { words, text, ranges });
  return ranges;
}

/** Where each of the element's texts begins in all of it; between two blocks no word goes on. */
function find(at: Element, words: string): Range[] {
  const walker = document.createTreeWalker(at, NodeFilter.SHOW_TEXT, (n) =>
    n.parentElement?.closest('button') ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
  const nodes: { node: Node; from: number }[] = [];
  let text = '';
  let block: Element | null | undefined;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const own = node.parentElement?.closest(BLOCK);
    if (own !== block) text += '\n';
    block = own;
    nodes.push({ node, from: text.length });
    text += node.nodeValue ?? '';
  }
  return callsIn(words, text).map((called) => rangeOf(called, nodes));
}

function rangeOf([from, to]: Called, nodes: readonly { node: Node; from: number }[]): Range {
  const range = document.createRange();
  const first = nodes.findLast((n) => n.from <= from);
  const last = nodes.findLast((n) => n.from < to);
  if (first) range.setStart(first.node, from - first.from);
  if (last) range.setEnd(last.node, to - last.from);
  return range;
}
