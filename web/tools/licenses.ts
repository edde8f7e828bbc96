// A plugin for Vite that writes /licenses.txt: the terms of whatever others have made that is in the page.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

/** What is built in although the page does not depend on it: the table of emoji is made of it. */
const MORE = ['emojibase-data'];

export function licenses(): Plugin {
  return {
    name: 'licenses',
    apply: 'build',
    generateBundle() {
      const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
      const parts = [...Object.keys(dependencies), ...MORE].toSorted().map((name) => {
        const { version, license } = JSON.parse(read(`node_modules/${name}/package.json`)) as Record<string, string>;
        return `${name} ${version} (${license})\n\n${read(`node_modules/${name}/LICENSE`).trim()}\n`;
      });
      this.emitFile({ type: 'asset', fileName: 'licenses.txt', source: parts.join(`\n${'-'.repeat(80)}\n\n`) });
    },
  };
}

const read = (path: string): string => readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), 'utf8');
