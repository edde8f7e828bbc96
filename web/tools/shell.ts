// A plugin for Vite that makes the service worker, /sw.js: an entry of its own with a fixed name, into which it writes which
// files the app consists of. The same source gives the same list, so the build stays reproducible.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Plugin, Rolldown } from 'vite';

/** What public/ has that an installed app needs before it is asked for. */
const NAMED = ['/favicon.svg', '/manifest.webmanifest', '/icons/192.png'];
/** Chunks that a start without a network cannot do without: what was said and shown before comes from there. */
const SOON = new Set(['storage']);
const WORKER = 'sw.js';

export function shell(): Plugin {
  let publicDir = '';
  return {
    name: 'shell',
    apply: 'build',
    configResolved(config) {
      publicDir = config.publicDir;
    },
    buildStart() {
      this.emitFile({ type: 'chunk', id: 'src/sw.ts', fileName: WORKER });
    },
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const worker = bundle[WORKER];
        if (worker?.type !== 'chunk') throw new Error(`there is no ${WORKER}`);
        if (worker.imports.length > 0) throw new Error(`${WORKER} has to stand alone, but imports ${worker.imports.join()}`);
        const first = new Set(firstFiles(bundle));
        const all = Object.keys(bundle).filter((name) => /\.(?:js|css)$/.test(name) && name !== WORKER);
        const fill: Record<string, unknown> = {
          SHELL_FILES: ['/', ...NAMED, ...pathsOf([...first])],
          REST_FILES: pathsOf(all.filter((name) => !first.has(name))),
          BUILD_ID: hashOf(bundle, publicDir),
        };
        worker.code = worker.code.replace(/\b(?:SHELL_FILES|REST_FILES|BUILD_ID)\b/g, (name) => JSON.stringify(fill[name]));
      },
    },
  };
}

const pathsOf = (names: string[]): string[] => names.map((name) => `/${name}`).toSorted();

/** What the page loads before it draws, or at once: its script, what that imports, and their style sheets. */
function firstFiles(bundle: Rolldown.OutputBundle): string[] {
  const found = new Set<string>();
  const take = (name: string) => {
    const chunk = bundle[name];
    if (chunk?.type !== 'chunk' || found.has(name)) return;
    found.add(name);
    for (const css of chunk.viteMetadata?.importedCss ?? []) found.add(css);
    for (const other of chunk.imports) take(other);
  };
  for (const chunk of Object.values(bundle)) {
    if (chunk.type !== 'chunk' || chunk.fileName === WORKER) continue;
    if (chunk.isEntry || SOON.has(chunk.name)) take(chunk.fileName);
  }
  return [...found];
}

/** Changes when any file does that the worker keeps. The names of scripts and style sheets hold their content's hash. */
function hashOf(bundle: Rolldown.OutputBundle, publicDir: string): string {
  const sum = createHash('sha256');
  for (const name of Object.keys(bundle).toSorted()) sum.update(`${name}\0`);
  const html = bundle['index.html'];
  if (html?.type === 'asset') sum.update(html.source);
  const files = readdirSync(publicDir, { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
  for (const path of files.map((e) => join(e.parentPath, e.name)).toSorted()) {
    sum.update(`${relative(publicDir, path)}\0`).update(readFileSync(path));
  }
  return sum.digest('hex').slice(0, 12);
}
