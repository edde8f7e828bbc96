// What a first visit transfers has a budget, and the build fails when it is over. React itself is several times as large as
// Preact; that build exists for comparison and is only told its size.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const KB = 1024;
/** What the four answers of a first visit say before their bodies, as Chromium counts it (bench/web.mjs measures it). */
const HEADERS = 1900;
const react = process.env.FW === 'react';
const dist = fileURLToPath(new URL(react ? '../dist-react' : '../dist', import.meta.url));

const read = (name) => readFileSync(join(dist, name));
const gzip = (name) => gzipSync(read(name), { level: 9 }).length;
const brotli = (name) => brotliCompressSync(read(name)).length;
const sum = (names, size) => names.reduce((total, name) => total + size(name), 0);

// What index.html names is loaded at once, and what those scripts import by name with them.
const html = read('index.html').toString();
const first = new Set([...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g)].map((m) => m[1]));
for (const name of first) {
  if (!name.endsWith('.js')) continue;
  for (const [, other] of read(name).toString().matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) first.add(`assets/${other}`);
}
const js = [...first].filter((name) => name.endsWith('.js'));
const css = [...first].filter((name) => name.endsWith('.css'));
const later = readdirSync(join(dist, 'assets')).map((n) => `assets/${n}`).filter((n) => n.endsWith('.js') && !first.has(n));
const visit = ['index.html', ...js, ...css, 'favicon.svg'];
const largest = Math.max(0, ...later.map(gzip));

const rows = [
  ['first visit by brotli (html, css, js, icon, and what the answers say before)', sum(visit, brotli) + HEADERS, 60 * KB],
  ['first scripts by gzip', sum(js, gzip), 60 * KB],
  ['first styles by gzip', sum(css, gzip), 10 * KB],
  ['largest later script by gzip', largest, 25 * KB],
];
let over = false;
for (const [what, size, most] of rows) {
  console.log(`${what}: ${size} of ${most} bytes`);
  over ||= size > most;
}
if (over && !react) {
  console.error('the page is over its budget');
  process.exit(1);
}
