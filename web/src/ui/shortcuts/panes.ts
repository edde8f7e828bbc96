// F6 goes round the parts of the page, as in other programs with several of them.

/** In the order of reading, each by what is to have the focus in it: the first that is there. */
const PANES = [
  ['nav [aria-current=page]', 'nav a', 'nav button'],
  ['[role=log]', 'main'],
  ['[data-composer]'],
  ['aside button', 'aside a', 'aside [tabindex]'],
] as const;

export function nextPane(by: 1 | -1): boolean {
  const panes = PANES.flatMap((ways) => {
    const found = ways.map((way) => [...document.querySelectorAll<HTMLElement>(way)].find(visible)).find(Boolean);
    return found ? [found] : [];
  });
  if (panes.length === 0) return false;
  // The composer stands inside of the main part: the innermost one is where the focus is.
  const at = panes.findLastIndex((pane) => around(pane).contains(document.activeElement));
  const next = panes[(at < 0 && by < 0 ? panes.length - 1 : at + by + panes.length) % panes.length];
  next?.focus();
  return true;
}

const visible = (at: HTMLElement): boolean => at.checkVisibility?.() ?? true;

/** All of the pane that the element stands for. */
const around = (at: HTMLElement): Element => at.closest('nav, [role=log], form, aside') ?? at;
