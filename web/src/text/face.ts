// The picture of somebody who has none: a colour that stays with the person, letters that come from the name.

const HUES = [12, 38, 62, 95, 140, 165, 195, 225, 255, 285, 315, 345];

/** A hue in degrees that depends on the id alone, so that a new name keeps the colour. */
export function hueOf(id: string): number {
  let hash = 2166136261;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 16777619);
  return HUES[(hash >>> 0) % HUES.length] as number;
}

/**
 * The hue of a colour that somebody chose, as #rrggbb: light and dark come from the scheme, so that every choice can be
 * read. By way of Oklab (Björn Ottosson), whose hues are what the style sheets count in.
 */
export function hueOfColor(color: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => linear(Number.parseInt(color.slice(at, at + 2), 16) / 255));
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  const across = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const along = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  return Math.round((Math.atan2(along, across) * 180) / Math.PI + 360) % 360;
}

const linear = (v: number): number => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);

/** One or two letters: "Ann" A, "Ann Lee" AL, "Guest 4821" G4. */
export function initialsOf(name: string): string {
  const words = name.match(/[\p{L}\p{N}]+/gu) ?? [];
  const first = words[0] ?? [...name][0] ?? '?';
  const second = words.length > 1 ? words[words.length - 1] : undefined;
  return ([...first][0] + (second ? ([...second][0] ?? '') : '')).toLocaleUpperCase();
}
