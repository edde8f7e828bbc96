// Draws the icons of the installed app from the mark, public/favicon.svg: node tools/icons.mjs
//
// Run it when the mark has changed, and commit what it made. It needs Chromium (CHROMIUM, or Debian's), so the build does not do it.

import { mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const at = (path) => fileURLToPath(new URL(`../public/${path}`, import.meta.url));

// `mark`: how much of the width the mark takes. A maskable icon may be cut to a circle of four fifths of its width, and
// Apple's devices round the corners of a picture that must not be seen through.
const PAPER = '#f4f2ee';
const ICONS = [
  { name: '192', size: 192, mark: 1 },
  { name: '512', size: 512, mark: 1 },
  { name: 'maskable-192', size: 192, mark: 0.62, ground: PAPER },
  { name: 'maskable-512', size: 512, mark: 0.62, ground: PAPER },
  { name: 'apple-touch', size: 180, mark: 0.74, ground: PAPER },
];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu'],
});
const svg = readFileSync(at('favicon.svg'), 'utf8');
mkdirSync(at('icons'), { recursive: true });
for (const { name, size, mark, ground } of ICONS) {
  // eslint-disable-next-line no-await-in-loop -- one page after another: they are five
  await draw(name, size, mark, ground);
}
await browser.close();

async function draw(name, size, mark, ground) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  const inner = Math.round(size * mark);
  await page.setContent(
    `<style>*{margin:0}body{display:grid;place-items:center;height:100vh;background:${ground ?? 'transparent'}}` +
      `svg{width:${inner}px;height:${inner}px}</style>${svg}`,
  );
  await page.screenshot({ path: at(`icons/${name}.png`), omitBackground: true });
  await page.close();
}
