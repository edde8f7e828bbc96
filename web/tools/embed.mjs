// Turns a built client into C, so that the program carries its page: node embed.mjs DIST OUTDIR
//
// Writes OUTDIR/files/* (each file as it is, and by gzip -9 and brotli -11 where that is smaller), OUTDIR/assets.S, which
// takes them in by .incbin with paths relative to OUTDIR (assemble with -I OUTDIR), and OUTDIR/assets.c with the table
// that src/serve/asset.h declares. The same DIST always gives the same bytes.

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};
const PACKED = new Set(['.ico', '.png', '.webp', '.woff2']);
// Vite puts a hash of the content into the names there, so what such a path gives can never change.
const HASHED = /^\/assets\/.+-[\w-]{8}\.\w+$/;

const [dist, out] = process.argv.slice(2);
if (!dist || !out) {
  console.error('usage: node embed.mjs DIST OUTDIR');
  process.exit(2);
}

const assets = walk('').map(load);
if (!assets.some((a) => a.path === '/index.html')) {
  console.error(`embed: there is no index.html in ${dist}`);
  process.exit(1);
}
const build = hash(...assets.flatMap((a) => [a.path, '\0', String(a.bodies.identity.length), '\0', a.bodies.identity]));

rmSync(join(out, 'files'), { recursive: true, force: true });
mkdirSync(join(out, 'files'), { recursive: true });
for (const a of assets) {
  for (const [kind, bytes] of Object.entries(a.bodies)) writeFileSync(join(out, file(a, kind)), bytes);
}
writeFileSync(join(out, 'assets.S'), assembly());
writeFileSync(join(out, 'assets.c'), table());

/** Paths under DIST, from the root, in the order of their bytes. */
function walk(dir) {
  const found = readdirSync(join(dist, dir), { withFileTypes: true }).flatMap((e) => {
    const path = `${dir}/${e.name}`;
    return e.isDirectory() ? walk(path) : [path];
  });
  return found.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

function load(path, index) {
  const type = TYPES[extname(path)];
  if (!type || /["\\\n]/.test(path)) {
    console.error(`embed: do not know what to do with ${path}`);
    process.exit(1);
  }
  const identity = readFileSync(join(dist, path));
  const bodies = { identity };
  if (!PACKED.has(extname(path))) {
    const gzip = gzipSync(identity, { level: 9 });
    const br = brotliCompressSync(identity, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: identity.length,
      },
    });
    if (gzip.length < identity.length) bodies.gzip = gzip;
    if (br.length < identity.length) bodies.br = br;
  }
  return { index, path, type, bodies, etag: hash(identity), immutable: HASHED.test(path) };
}

function hash(...parts) {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part);
  return sum.digest('hex').slice(0, 16);
}

function file(asset, kind) {
  return `files/${asset.index}.${kind}`;
}

function symbol(asset, kind) {
  return `asset_${asset.index}_${kind}`;
}

function assembly() {
  const lines = ['/* Made by web/tools/embed.mjs. */', '\t.section .rodata'];
  for (const a of assets) {
    for (const kind of Object.keys(a.bodies)) {
      const name = symbol(a, kind);
      lines.push(`\t.globl ${name}`, `\t.type ${name}, %object`, `\t.size ${name}, ${a.bodies[kind].length}`);
      lines.push(`${name}:`, `\t.incbin "${file(a, kind)}"`);
    }
  }
  // Without this line the linker would make the program's stack executable.
  lines.push('\t.section .note.GNU-stack,"",%progbits', '');
  return lines.join('\n');
}

function table() {
  const endings = { identity: '', gzip: '-gz', br: '-br' };
  const lines = ['/* Made by web/tools/embed.mjs. */', '#include "serve/asset.h"', ''];
  for (const a of assets) {
    for (const kind of Object.keys(a.bodies)) lines.push(`extern const uint8_t ${symbol(a, kind)}[];`);
  }
  lines.push('', 'const struct asset assets[] = {');
  for (const a of assets) {
    lines.push(`    {.path = "${a.path}",`, `     .type = "${a.type}",`, `     .immutable = ${a.immutable},`);
    const bodies = Object.entries(endings).map(([kind, ending]) =>
      a.bodies[kind]
        ? `     .${kind} = {${symbol(a, kind)}, ${a.bodies[kind].length}, "\\"${a.etag}${ending}\\""}`
        : `     .${kind} = {0}`,
    );
    lines.push(`${bodies.join(',\n')}},`);
  }
  lines.push('};', '', `const size_t assets_count = ${assets.length};`, `const char asset_build_id[] = "${build}";`, '');
  return lines.join('\n');
}
