import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

// The tests run in web/.
const tool = join(process.cwd(), 'tools/embed.mjs');
const script = 'console.log("hubbub hubbub hubbub hubbub");\n'.repeat(50);
let dir: string;
const dist = () => join(dir, 'dist');
const run = (out: string) => spawnSync(process.execPath, [tool, dist(), out], { encoding: 'utf8' });
const all = (out: string) => readdirSync(out, { recursive: true, withFileTypes: true })
  .filter((e) => e.isFile())
  .map((e) => [e.name, readFileSync(join(e.parentPath, e.name)).toString('base64')])
  .toSorted();

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'hubbub-embed-'));
  mkdirSync(join(dist(), 'assets'), { recursive: true });
  writeFileSync(join(dist(), 'index.html'), '<!doctype html>');
  writeFileSync(join(dist(), 'assets/index-AbCd_12-.js'), script);
  writeFileSync(join(dist(), 'assets/plain.css'), '');
  writeFileSync(join(dist(), 'icon.png'), Buffer.from([0x89, 0x50, 0, 1, 2, 3]));
  expect(run(join(dir, 'one')).status).toBe(0);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('embed', () => {
  test('two runs give the same bytes, also over an older run', () => {
    writeFileSync(join(dir, 'one/files/99.br'), 'stale');
    run(join(dir, 'one'));
    run(join(dir, 'two'));
    expect(all(join(dir, 'one'))).toEqual(all(join(dir, 'two')));
  });

  test('sorted by path, immutable only under a hashed name, no encoding that is not smaller', () => {
    const c = readFileSync(join(dir, 'one/assets.c'), 'utf8');
    expect([...c.matchAll(/\.path = "(.*)"/g)].map((m) => m[1])).toEqual([
      '/assets/index-AbCd_12-.js',
      '/assets/plain.css',
      '/icon.png',
      '/index.html',
    ]);
    expect([...c.matchAll(/\.immutable = (\w+)/g)].map((m) => m[1])).toEqual(['true', 'false', 'false', 'false']);
    expect([...c.matchAll(/\.br = \{(\w+)/g)].map((m) => m[1])).toEqual(['asset_0_br', '0', '0', 'asset_3_br']);
    // Brotli knows HTML by heart; gzip has nothing to win on fifteen bytes.
    expect([...c.matchAll(/\.gzip = \{(\w+)/g)].map((m) => m[1])).toEqual(['asset_0_gzip', '0', '0', '0']);
    expect([...c.matchAll(/#include.*/g)].map(String)).toEqual(['#include "serve/asset.h"']);
    expect(c).toMatch(/asset_build_id\[\] = "[0-9a-f]{16}"/);
    expect(c).toMatch(/"\\"[0-9a-f]{16}-br\\""/);
  });

  test('each encoding gives the file back', () => {
    const bytes = (kind: string) => readFileSync(join(dir, `one/files/0.${kind}`));
    expect(bytes('identity').toString()).toBe(script);
    expect(gunzipSync(bytes('gzip')).toString()).toBe(script);
    expect(brotliDecompressSync(bytes('br')).toString()).toBe(script);
  });

  test('the build id changes with any byte', () => {
    const id = (out: string) => /build_id\[\] = "(\w+)"/.exec(readFileSync(join(dir, out, 'assets.c'), 'utf8'))?.[1];
    writeFileSync(join(dist(), 'index.html'), '<!doctype htmL>');
    run(join(dir, 'changed'));
    writeFileSync(join(dist(), 'index.html'), '<!doctype html>');
    run(join(dir, 'back'));
    expect(id('changed')).not.toBe(id('one'));
    expect(id('back')).toBe(id('one'));
  });

  test('a file of an unknown kind and a missing page are errors', () => {
    writeFileSync(join(dist(), 'strange.xyz'), '');
    expect(run(join(dir, 'bad'))).toMatchObject({ status: 1, stderr: expect.stringContaining('strange.xyz') as string });
    rmSync(join(dist(), 'strange.xyz'));
    expect(spawnSync(process.execPath, [tool]).status).toBe(2);
  });

  test('compiles without a warning, links without an executable stack, and holds what it says', () => {
    const src = join(process.cwd(), '../src');
    writeFileSync(
      join(dir, 'main.c'),
      `#include "serve/asset.h"
#include <stdio.h>
int main(void) {
    for (size_t i = 0; i < assets_count; i++)
        printf("%s %zu %d %s\\n", assets[i].path, assets[i].identity.len, assets[i].br.bytes != NULL, assets[i].identity.etag);
    return fwrite(assets[0].identity.bytes, 1, assets[0].identity.len, stdout) == 0;
}
`,
    );
    const out = join(dir, 'one');
    const flags = ['-std=gnu17', '-Wall', '-Wextra', '-Wpedantic', '-Werror', `-I${src}`, `-I${out}`, `-Wa,-I${out}`];
    const files = [join(dir, 'main.c'), join(out, 'assets.c'), join(out, 'assets.S')];
    const made = spawnSync('gcc', [...flags, '-Wl,--fatal-warnings', '-o', join(dir, 'main'), ...files], { encoding: 'utf8' });
    expect(made.stderr).toBe('');
    const said = execFileSync(join(dir, 'main'), { encoding: 'utf8' });
    expect(said.split('\n')[0]).toMatch(new RegExp(`^/assets/index-AbCd_12-.js ${script.length} 1 "[0-9a-f]{16}"$`));
    expect(said.endsWith(script)).toBe(true);
  });
});
