// Looking at a picture from near: how large it is shown, and which part of it. Pure.

/** `scale` 1: it fits. `x`, `y`: how far its middle is from the middle of the stage, in pixels. */
export interface Look {
  scale: number;
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

export const whole: Look = { scale: 1, x: 0, y: 0 };

const MOST = 8;

const clamp = (value: number, most: number): number => (most === 0 ? 0 : Math.max(-most, Math.min(value, most)));

/** No further to the side than there is something to be seen. `fit`: how large it is when it fits. */
export function within({ scale, x, y }: Look, fit: Size, stage: Size): Look {
  const spare = (side: number, of: number): number => Math.max(0, (side * scale - of) / 2);
  return { scale, x: clamp(x, spare(fit.width, stage.width)), y: clamp(y, spare(fit.height, stage.height)) };
}

/** Nearer or farther; what is at the point (from the middle of the stage) stays there. */
export function zoomed(look: Look, factor: number, at: { x: number; y: number }, fit: Size, stage: Size): Look {
  const scale = Math.max(1, Math.min(look.scale * factor, MOST));
  const by = scale / look.scale;
  return within({ scale, x: at.x - (at.x - look.x) * by, y: at.y - (at.y - look.y) * by }, fit, stage);
}

/** What a click looks at: each pixel as it is, or at least clearly more than before. */
export const nearer = (natural: number, fit: number): number => Math.min(MOST, Math.max(2, fit > 0 ? natural / fit : 2));
