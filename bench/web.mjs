#!/usr/bin/env node
// What the page costs, measured in a real browser against the real program, beside the bars that it is held to.
//
//   node bench/web.mjs [--messages 100000] [--seconds 10] [--warm 5] [--rounds 5]
//
// Needs build/hubbub, web/node_modules and Chromium (CHROMIUM, /usr/bin/chromium). Run it on a quiet machine: everything
// shares its cores. Script, layout and style are Chromium's own counters for the whole page in the thread's own time, so
// what has nothing to do with a message is in them, too; the frames are painted without a graphics card. The messages come
// at their pace for `--warm` seconds before anything is counted: at first the browser still compiles the page's code.
// Prints a table for RESULTS.md.

import { parseArgs } from 'node:util';
import { Browser, DESK, enter, input, leaveAll, Server, until } from '../tests/browser/support.mjs';
import { talker } from '../tests/browser/wire.mjs';

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: '10' },
    warm: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '5' },
  },
});
const MESSAGES = Number(values.messages);
const SECONDS = Number(values.seconds);
const WARM = Number(values.warm);
const ROUNDS = Number(values.rounds);
const RATE = 100;

/** As people write: mostly a line or two, now and then code, a list, a quote. */
function words(i) {
  if (i % 20 === 0) return `${i}:\n\`\`\`js\nconst answer = ${i};\nreturn answer + 1;\n\`\`\``;
  if (i % 13 === 0) return `> as ${i} said\n- one\n- **two**`;
  return `${i}: ${'a few words more '.repeat((i * 7) % 13)}`.trim();
}

async function fill(talkers) {
  const each = Math.ceil(MESSAGES / talkers.length);
  await Promise.all(
    talkers.map(async (one, t) => {
      for (let i = 0; i < each; i++) {
        one.say(words(t * each + i));
        if (i % 200 === 199) await until(() => one.said - one.answered < 200, 'the server keeps up', 60_000);
      }
      await one.done();
    }),
  );
}

const sorted = (list) => list.toSorted((a, b) => a - b);
const median = (list) => sorted(list)[list.length >> 1];
const n = (x, digits = 2) => x.toFixed(digits);
const p95 = (list) => sorted(list)[Math.min(list.length - 1, Math.floor(list.length * 0.95))];

async function counters(cdp) {
  const { metrics } = await cdp.send('Performance.getMetrics');
  return Object.fromEntries(metrics.map((m) => [m.name, m.value]));
}

async function heapOf(cdp) {
  await cdp.send('HeapProfiler.collectGarbage');
  return (await counters(cdp)).JSHeapUsedSize / 2 ** 20;
}

/** A first visit: what it transfers, and until one can write. */
async function visits(browser, url) {
  const bytes = [];
  const usable = [];
  for (let i = 0; i < ROUNDS; i++) {
    const context = await browser.newContext({ viewport: DESK });
    const page = await context.newPage();
    await page.addInitScript(() => {
      const watch = new MutationObserver(() => {
        if (!document.querySelector('[data-composer]') || !document.querySelector('[data-message]')) return;
        watch.disconnect();
        requestAnimationFrame(() => setTimeout(() => (globalThis.usableAt = performance.now())));
      });
      watch.observe(document, { childList: true, subtree: true });
    });
    const cdp = await context.newCDPSession(page);
    await cdp.send('Network.enable');
    // The page and what it names. What comes later, when there is time for it, is not waited for by anybody.
    const named = new Set();
    let got = 0;
    cdp.on('Network.requestWillBeSent', (e) => e.initiator.type === 'script' || named.add(e.requestId));
    cdp.on('Network.loadingFinished', (e) => (got += named.has(e.requestId) ? e.encodedDataLength : 0));
    await page.goto(url);
    usable.push(await until(() => page.evaluate(() => globalThis.usableAt), 'one can write'));
    bytes.push(got);
    await context.close();
  }
  return { bytes: median(bytes), usable: median(usable), fastest: Math.min(...usable), slowest: Math.max(...usable) };
}

/** Says a hundred messages a second; how many it were. */
async function say(one, seconds) {
  const begin = performance.now();
  const first = one.said;
  while (performance.now() - begin < seconds * 1000) {
    const due = Math.floor(((performance.now() - begin) / 1000) * RATE);
    while (one.said - first < due) one.say(words(one.said));
    await new Promise((r) => setTimeout(r, 10));
  }
  await one.done();
  return one.said - first;
}

/** A hundred messages a second into the open room. */
async function pace(page, cdp, one) {
  await say(one, WARM);
  await page.evaluate(() => {
    globalThis.longest = 0;
    const watch = new PerformanceObserver((list) => {
      for (const task of list.getEntries()) globalThis.longest = Math.max(globalThis.longest, task.duration);
    });
    watch.observe({ type: 'longtask' });
    globalThis.frames = 0;
    const count = () => {
      globalThis.frames++;
      requestAnimationFrame(count);
    };
    requestAnimationFrame(count);
    const log = document.querySelector('[role=log]');
    globalThis.farthest = 0;
    log.addEventListener('scroll', () => {
      globalThis.farthest = Math.max(globalThis.farthest, log.scrollHeight - log.clientHeight - log.scrollTop);
    });
  });
  const before = await counters(cdp);
  const frames = await page.evaluate(() => globalThis.frames);
  const begin = performance.now();
  const said = await say(one, SECONDS);
  const after = await counters(cdp);
  const spent = (name) => ((after[name] - before[name]) * 1000) / said;
  const seen = await page.evaluate(() => {
    const log = document.querySelector('[role=log]');
    const { longest, frames: drawn, farthest } = globalThis;
    return { longest, drawn, farthest, rows: log.querySelectorAll('li[data-index]').length, off: log.scrollHeight - log.clientHeight - log.scrollTop };
  });
  return {
    script: spent('ScriptDuration'),
    layout: spent('LayoutDuration'),
    style: spent('RecalcStyleDuration'),
    layouts: (after.LayoutCount - before.LayoutCount) / (seen.drawn - frames),
    styles: (after.RecalcStyleCount - before.RecalcStyleCount) / (seen.drawn - frames),
    fps: (seen.drawn - frames) / ((performance.now() - begin) / 1000),
    ...seen,
  };
}

/** From a key to the frame that shows its letter. */
async function keys(page) {
  await page.evaluate(() => {
    globalThis.keys = [];
    document.addEventListener('keydown', (e) => {
      requestAnimationFrame(() => {
        const port = new MessageChannel();
        port.port1.onmessage = () => globalThis.keys.push(performance.now() - e.timeStamp);
        port.port2.postMessage(0);
      });
    });
  });
  await input(page).focus();
  await input(page).pressSequentially('the quick brown fox jumps over the lazy dog '.repeat(4), { delay: 20 });
  const times = await page.evaluate(() => globalThis.keys);
  await input(page).fill('');
  return p95(times);
}

/** Back through thousands of messages with the wheel. */
async function back(page, cdp, count) {
  const log = page.getByRole('log');
  await log.hover();
  const seqs = () => page.evaluate(() => Number(document.querySelector('[data-seq]')?.dataset.seq ?? Infinity));
  const goal = (await seqs()) - count;
  await until(
    async () => {
      await page.mouse.wheel(0, -4000);
      return (await seqs()) <= goal;
    },
    `${count} messages back`,
    300_000,
  );
  const heap = await heapOf(cdp);
  const rows = await page.locator('li[data-index]').count();
  await page.getByRole('button', { name: /new message|newest/ }).click();
  return { heap, rows };
}

const server = await new Server('--rate-posts', '0', '--rate-guest', '0').start();
const browser = await new Browser().start();
try {
  const talkers = await Promise.all([...'abcd'].map((name) => talker(server.url, name)));
  await fill(talkers);
  const first = await visits(browser.run, server.url);
  const page = await enter(browser, server.url);
  await until(() => page.locator('[data-message]').count(), 'messages');
  const cdp = await page.context().newCDPSession(page);
  // In the thread's own time: what else the machine does is not the page's.
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  const empty = await heapOf(cdp);
  const quiet = await keys(page);
  const flood = await pace(page, cdp, talkers[0]);
  const far = await back(page, cdp, 5000);
  const rows = [
    ['first visit: transferred (KB)', n(first.bytes / 1024, 1), '≤ 60', first.bytes <= 60 * 1024],
    ['first visit: until one can write (ms)', n(first.usable, 0), '≤ 300', first.usable <= 300],
    ['of it the fastest and the slowest visit (ms)', `${n(first.fastest, 0)}, ${n(first.slowest, 0)}`, '', true],
    ['key to paint, p95 (ms)', n(quiet, 1), '≤ 32', quiet <= 32],
    [`script + layout per message at ${RATE}/s (ms)`, n(flood.script + flood.layout), '≤ 2', flood.script + flood.layout <= 2],
    ['of it script / layout; style besides', `${n(flood.script)} / ${n(flood.layout)}; ${n(flood.style)}`, '', true],
    ['layouts / recalculations of style per frame', `${n(flood.layouts)} / ${n(flood.styles)}`, '', true],
    ['longest task meanwhile (ms)', n(flood.longest, 0), '≤ 100', flood.longest <= 100],
    ['frames a second meanwhile', n(flood.fps, 0), '≥ 55', flood.fps >= 55],
    ['distance to the end, at the end and at most (px)', `${n(flood.off, 0)}, ${n(flood.farthest, 0)}`, '0', flood.off < 2],
    ['rows drawn meanwhile', flood.rows, '≤ 160', flood.rows <= 160],
    ['heap with one page of messages (MB)', n(empty, 1), '', true],
    ['heap after 5,000 messages scrolled back (MB)', n(far.heap, 1), '≤ 20', far.heap <= 20],
    ['rows drawn there', far.rows, '≤ 250', far.rows <= 250],
  ];
  console.log(`\n${MESSAGES.toLocaleString('en')} messages behind, ${SECONDS} s, medians of ${ROUNDS} visits; ${browser.run.version()}\n`);
  console.log('| what | measured | bar | |\n| --- | --- | --- | --- |');
  for (const [what, measured, bar, ok] of rows) console.log(`| ${what} | ${measured} | ${bar} | ${bar && (ok ? 'reached' : '**missed**')} |`);
  if (page.wrong.length > 0) console.log('\nwent wrong:', page.wrong);
  for (const each of talkers) each.close();
} finally {
  await leaveAll();
  await browser.end();
  await server.end();
}
