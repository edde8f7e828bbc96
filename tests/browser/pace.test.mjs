// Much at once, and much behind: what may never jump, whatever the machine. How long it takes is for bench/web.mjs.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { enter, oneForEach, until } from './support.mjs';
import { talker } from './wire.mjs';

const { server, browser } = oneForEach();
let bob;
beforeEach(async () => {
  bob = await talker(server.url, 'Bob');
});

const MOST_ROWS = 250;
const log = (page) => page.getByRole('log');
const words = (i) => (i % 17 === 0 ? `${i}:\n\`\`\`\nsome\ncode\n\`\`\`` : `${i}: ${'a few words more '.repeat((i * 7) % 13)}`.trim());
const shows = (page, seq) => page.locator(`li[data-seq="${seq}"]`).waitFor();

async function fill(count) {
  for (let i = 0; i < count; i++) {
    bob.say(words(i));
    if (i % 500 === 499) await bob.done();
  }
  await bob.done();
}

/** A hundred a second, as many as `count`. */
async function stream(count) {
  const begin = performance.now();
  for (let i = 0; i < count; ) {
    const due = Math.min(count, Math.ceil((performance.now() - begin) / 10));
    for (; i < due; i++) bob.say(words(i));
    await new Promise((r) => setTimeout(r, 10));
  }
  await bob.done();
}

/**
 * Watches every frame as it is painted: how far the end was away, or how far a row went from where it stood; and how many
 * rows there were. An observer made in a frame is told after those that were there before it and before the paint; the
 * beginning of a frame would show what the list's own observer is about to put right.
 */
async function watch(page, seq = null) {
  const seen = await log(page).evaluateHandle((box, n) => {
    const row = n === null ? null : box.querySelector(`li[data-seq="${n}"]`);
    const y = () => row.getBoundingClientRect().top - box.getBoundingClientRect().top;
    const begin = row ? y() : 0;
    const all = { off: 0, rows: 0, frames: 0, lost: false };
    const look = () => {
      const off = row ? Math.abs(y() - begin) : box.scrollHeight - box.clientHeight - box.scrollTop;
      all.lost ||= row !== null && !row.isConnected;
      all.off = Math.max(all.off, off);
      all.rows = Math.max(all.rows, box.querySelectorAll('li').length);
      all.frames++;
    };
    const frame = () => {
      const painted = new ResizeObserver(() => {
        painted.disconnect();
        look();
      });
      painted.observe(box);
      all.next = requestAnimationFrame(frame);
    };
    all.next = requestAnimationFrame(frame);
    return all;
  }, seq);
  return async () => {
    const found = await seen.evaluate((all) => {
      cancelAnimationFrame(all.next);
      return all;
    });
    await seen.dispose();
    return found;
  };
}

/** The number of the row across the middle. */
const middle = (page) =>
  log(page).evaluate((box) => {
    const line = box.getBoundingClientRect().top + box.clientHeight / 2;
    return [...box.querySelectorAll('li[data-seq]')].find((li) => li.getBoundingClientRect().bottom > line).dataset.seq;
  });

test('a hundred a second: at the end it stays at the end in every frame; who reads above does not move by a pixel', { timeout: 240_000 }, async () => {
  await fill(1500);
  const ann = await enter(browser, server.url);
  await shows(ann, 1500);
  let end = await watch(ann);
  await stream(300);
  await shows(ann, 1800);
  let seen = await end();
  assert.ok(seen.off <= 1, `${seen.off} px from the end`);
  assert.ok(seen.rows <= 160, `${seen.rows} rows`);
  assert.ok(seen.frames > 5);

  await log(ann).hover();
  await ann.mouse.wheel(0, -1500);
  await ann.getByRole('button', { name: /newest/ }).waitFor();
  await until(async () => {
    const was = await log(ann).evaluate((box) => box.scrollTop);
    await ann.evaluate(() => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r))));
    return was === (await log(ann).evaluate((box) => box.scrollTop));
  }, 'nothing moves');
  end = await watch(ann, await middle(ann));
  await stream(300);
  await ann.getByRole('button', { name: '300 new messages' }).waitFor();
  seen = await end();
  assert.equal(seen.lost, false);
  assert.ok(seen.off < 1, `moved by ${seen.off} px`);
  assert.ok(seen.rows <= MOST_ROWS, `${seen.rows} rows`);
  assert.deepEqual(ann.wrong, []);
});

/** Holds back the pages of history until they are let go. */
function holding() {
  const held = [];
  let holds = false;
  const prepare = (page) =>
    page.routeWebSocket(/\/ws$/, (ws) => {
      const there = ws.connectToServer();
      const pages = new Set();
      ws.onMessage((data) => {
        const o = JSON.parse(data);
        if (o.op === 'history') pages.add(o.id);
        there.send(data);
      });
      there.onMessage((data) => {
        const late = holds && pages.has(JSON.parse(data).re);
        if (late) held.push(() => ws.send(data));
        else ws.send(data);
      });
    });
  return { prepare, held, hold: (on) => (holds = on) };
}

/** The gap over what is held; none when what came in front of the view hides it. */
const topmost = (page) => page.locator('[data-gap]').evaluateAll((all) => all[0]?.dataset.gap ?? 'not drawn');

test('ten pages put in front while one reads, and ten at the very top: nothing moves', { timeout: 240_000 }, async () => {
  await fill(1300);
  const wire = holding();
  const ann = await enter(browser, server.url, { prepare: wire.prepare });
  await shows(ann, 1300);
  await log(ann).hover();
  wire.hold(true);
  const shifts = { reading: [], top: [] };
  for (let i = 0; i < 20; i++) {
    const top = i >= 10;
    // Up to where the next page is asked for; or as far as it goes without it.
    await until(
      async () => {
        const at = await log(ann).evaluate((box) => box.scrollTop);
        if (wire.held.length > 0 && (!top || at === 0)) return true;
        await ann.mouse.wheel(0, top && wire.held.length > 0 ? -3000 : -250);
        return false;
      },
      `page ${i} is asked for`,
      60_000,
    );
    await until(async () => {
      const was = await log(ann).evaluate((box) => box.scrollTop);
      await ann.evaluate(() => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r))));
      return was === (await log(ann).evaluate((box) => box.scrollTop));
    }, 'nothing moves');
    const gap = await topmost(ann);
    const end = await watch(ann, await middle(ann));
    wire.held.shift()();
    await until(async () => (await topmost(ann)) !== gap, 'the page is there');
    await ann.evaluate(() => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r))));
    const seen = await end();
    assert.ok(seen.frames > 0);
    assert.equal(seen.lost, false);
    shifts[top ? 'top' : 'reading'].push(seen.off);
    assert.ok(seen.rows <= MOST_ROWS, `${seen.rows} rows`);
  }
  for (const [where, all] of Object.entries(shifts)) {
    assert.equal(all.length, 10, where);
    assert.ok(Math.max(...all) < 1, `${where}: moved by ${all.join(', ')} px`);
  }
  assert.deepEqual(ann.wrong, []);
});

test('ten thousand messages, scrolled back to the beginning', { timeout: 600_000 }, async () => {
  await fill(10_000);
  const ann = await enter(browser, server.url);
  await shows(ann, 10_000);
  await log(ann).hover();
  let most = 0;
  await until(
    async () => {
      await ann.mouse.wheel(0, -8000);
      most = Math.max(most, await log(ann).locator('li').count());
      return (await ann.locator('[data-beginning]').count()) === 1;
    },
    'the beginning',
    500_000,
  );
  assert.ok(most <= MOST_ROWS, `${most} rows`);
  await shows(ann, 1);
  const seqs = await log(ann).locator('li[data-seq]').evaluateAll((all) => all.map((li) => Number(li.dataset.seq)));
  assert.deepEqual(seqs, seqs.map((_, i) => i + 1), 'from the first on without a hole');
  await ann.keyboard.press('End');
  await shows(ann, 10_000);
  assert.deepEqual(ann.wrong, []);
});
