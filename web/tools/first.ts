// How the page's parts are cut and named, so that a first visit is small.

import { createHash } from 'node:crypto';

interface Graph {
  getModuleInfo(id: string): { importers: readonly string[] } | null;
}

const found = new Set<string>();

/** Whether the page needs the module before it draws: by imports, and not by parts that come later. */
function isFirst(id: string, graph: Graph, seen = new Set<string>()): boolean {
  if (found.has(id) || id.endsWith('/index.html')) return true;
  if (seen.has(id)) return false;
  seen.add(id);
  const first = graph.getModuleInfo(id)?.importers.some((importer) => isFirst(importer, graph, seen)) ?? false;
  if (first) found.add(id);
  return first;
}

/**
 * Whatever is needed to draw is one script. Cut into several, for what later parts share with it, each would be packed for
 * itself, and the whole be larger.
 */
export const firstScript = {
  name: (id: string, graph: Graph) => (isFirst(id, graph) ? 'first' : null),
};

const sheets = new Map<string, { file: string; names: string[] }>();

/** A few letters for a style sheet and a number for a class in it: they stand in the script, too, and pack well. */
export function className(name: string, file: string): string {
  const own = file.split('/src/').at(-1) ?? file;
  const letters = createHash('sha256').update(own).digest('base64url').replaceAll(/[^a-z]/gi, '').slice(0, 3);
  const sheet = sheets.get(letters) ?? { file: own, names: [] };
  sheets.set(letters, sheet);
  if (sheet.file !== own) throw new Error(`${own} and ${sheet.file} get the same letters: one more is needed`);
  if (!sheet.names.includes(name)) sheet.names.push(name);
  return `${letters}${sheet.names.indexOf(name)}`;
}
