// Moving through a grid of emoji by keyboard: one stop for Tab, arrows inside. It works on what is drawn, since two thousand
// buttons should not be drawn anew for one that has the focus.

const cellsOf = (grid: Element): HTMLElement[] => [...grid.querySelectorAll<HTMLElement>('[data-glyph]')];
const PAGE_ROWS = 5;

/** The cell that a key leads to; null: out of the grid at the top; undefined: the key is none of the grid's. */
export function stepped(grid: Element, from: Element, key: string, whole: boolean): HTMLElement | null | undefined {
  const toEnd = getComputedStyle(grid).direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
  const toStart = toEnd === 'ArrowRight' ? 'ArrowLeft' : 'ArrowRight';
  const cells = cellsOf(grid);
  const at = cells.indexOf(from as HTMLElement);
  if (key === toEnd) return cells[at + 1] ?? cells[at];
  if (key === toStart) return cells[at - 1] ?? null;
  if (key === 'ArrowDown') return below(from, 1);
  if (key === 'ArrowUp') return below(from, -1) ?? null;
  if (key === 'PageDown') return below(from, PAGE_ROWS);
  if (key === 'PageUp') return below(from, -PAGE_ROWS) ?? cells[0];
  const row = cellsOf(from.parentElement ?? grid);
  if (key === 'Home') return whole ? cells[0] : row[0];
  if (key === 'End') return whole ? cells.at(-1) : row.at(-1);
  return undefined;
}

/** The cell in the same column some rows away, as far as there are rows; undefined when that is where one is. */
function below(from: Element, by: number): HTMLElement | undefined {
  const row = from.parentElement;
  const grid = row?.closest('[role=grid]');
  if (!row || !grid) return undefined;
  const rows = [...grid.querySelectorAll('[role=row]')];
  const at = rows.indexOf(row);
  const to = Math.max(0, Math.min(at + by, rows.length - 1));
  if (to === at && by < 0) return undefined;
  const column = cellsOf(row).indexOf(from as HTMLElement);
  const cells = cellsOf(rows[to] as Element);
  return cells[Math.min(column, cells.length - 1)];
}

/** The one stop that Tab makes in the grid. */
export function stopAt(grid: Element, cell: HTMLElement): void {
  for (const was of grid.querySelectorAll<HTMLElement>('[data-glyph][tabindex="0"]')) was.tabIndex = -1;
  cell.tabIndex = 0;
}
