import type { CSSProperties } from 'react';

/** What the style sheet makes a picture's place from, long before it is there. */
export function placeOf({ width = 0, height = 0 }: { width?: number; height?: number }): CSSProperties {
  return width && height ? ({ '--w': width, '--h': height } as CSSProperties) : {};
}

/** So that the rows of a grid are as full as can be. */
export const columnsOf = (count: number): number => (count === 2 || count === 4 ? 2 : 3);
