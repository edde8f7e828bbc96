// The picture of somebody who has none: a colour that stays with the person, letters that come from the name.

const HUES = [12, 38, 62, 95, 140, 165, 195, 225, 255, 285, 315, 345];

/** A hue in degrees that depends on the id alone, so that a new name keeps the colour. */
export function hueOf(id: string): number {
  let hash = 2166136261;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 16777619);
  return HUES[(hash >>> 0) % HUES.length] as number;
}

/** One or two letters: "Ann" A, "Ann Lee" AL, "Guest 4821" G4. */
export function initialsOf(name: string): string {
  const words = name.match(/[\p{L}\p{N}]+/gu) ?? [];
  const first = words[0] ?? [...name][0] ?? '?';
  const second = words.length > 1 ? words[words.length - 1] : undefined;
  return ([...first][0] + (second ? ([...second][0] ?? '') : '')).toLocaleUpperCase();
}
