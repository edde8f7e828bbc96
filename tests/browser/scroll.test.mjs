// The history sticks to its end, or else does not move while one reads. Only a browser has the layout to tell.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { becomes, DESK, enter, message, oneForEach, PHONE, rows, say, until } from './support.mjs';
import { tutorialClient } from './wire.mjs';

const { server, browser } = oneForEach();
let visitor;
let said = 0;
beforeEach(async () => {
  visitor = await tutorialClient(server.url);
  said = 0;
});

const log = (page) => page.getByRole('log');
const fromEnd = (page) => log(page).evaluate((e) => e.scrollHeight - e.clientHeight - e.scrollTop);
const atEnd = (page, what) => until(async () => (await fromEnd(page)) < 2, what);
const jump = (page) => page.getByRole('button', { name: /new message|newest/ });

/** Of many heights, as real talk is. */
async function flood(page, count) {
  for (let i = 0; i < count; i++) {
    said++;
    visitor.send(`${said}: ${'a few words more '.repeat((said * 7) % 13)}`.trim());
    if (i % 20 === 19) await shows(page, said);
  }
  await shows(page, said);
}

/** The number of the last message, as drawn or as counted by the button. */
const shows = (page, n) =>
  until(async () => {
    if (await jump(page).isVisible()) return true;
    return (await rows(page).last().innerText()).includes(`${n}:`);
  }, `message ${n}`);

/** Where the row across the middle stands. */
function middle(page) {
  return log(page).evaluate((box) => {
    const { top } = box.getBoundingClientRect();
    const row = [...box.querySelectorAll('li')].find((li) => li.getBoundingClientRect().bottom - top > box.clientHeight / 2);
    return { text: row.textContent, seq: row.dataset.seq, y: row.getBoundingClientRect().top - top };
  });
}

/**
 * How far the row with this number has moved from there; far, if it is gone. Less than a pixel is nothing: a list can be
 * scrolled by whole ones only.
 */
const awayBy = (page, { seq, y }) =>
  log(page).evaluate((box, [n, was]) => {
    const row = box.querySelector(`li[data-seq="${n}"]`);
    return row ? Math.abs(row.getBoundingClientRect().top - box.getBoundingClientRect().top - was) : Infinity;
  }, [seq, y]);

/** Turns the wheel up, and waits for the whole of that movement. */
async function wheelUp(page, pixels) {
  const begin = await fromEnd(page);
  await log(page).hover();
  await page.mouse.wheel(0, -pixels);
  await until(async () => (await fromEnd(page)) > begin + pixels - 2, `${pixels} px up`);
  await still(page);
}

/** Until nothing has moved for some frames. */
const still = (page) =>
  until(
    () =>
      log(page).evaluate(async (box) => {
        const rest = () => [box.scrollTop, box.scrollHeight, box.clientHeight].join();
        const was = rest();
        let same = true;
        for (let i = 0; i < 3; i++) {
          await new Promise((r) => requestAnimationFrame(r));
          same &&= rest() === was;
        }
        return same;
      }),
    'nothing moves',
  );

/** Gives the window another size, and waits until the page has it. */
async function resize(page, size) {
  await page.setViewportSize(size);
  await until(() => page.evaluate((width) => innerWidth === width, size.width), `${size.width} px wide`);
}

test('sticks to the end, holds still while one reads, and leads back', { timeout: 240_000 }, async () => {
  const ann = await enter(browser, server.url);
  await flood(ann, 120);
  await atEnd(ann, 'stuck to the end');

  await wheelUp(ann, 1500);
  await until(async () => (await jump(ann).count()) === 1, 'the button is there');
  const read = await middle(ann);
  for (let i = 0; i < 40; i++) visitor.send(`while reading ${i}`);
  await until(async () => /40 new messages/.test(await jump(ann).innerText()), 'forty are counted');
  const now = await middle(ann);
  assert.equal(now.text, read.text);
  assert.ok(Math.abs(now.y - read.y) < 1, `moved by ${now.y - read.y}`);

  await resize(ann, PHONE);
  // Rows become higher and the window lower or not: what one reads begins where it began.
  await until(async () => (await awayBy(ann, read)) < 1, 'the same row after the window became narrow');
  await resize(ann, DESK);
  await until(async () => (await awayBy(ann, read)) < 1, 'and wide again');

  await jump(ann).click();
  await atEnd(ann, 'at the end again');
  await message(ann, 'while reading 39').waitFor();
  await jump(ann).waitFor({ state: 'detached' });
  await resize(ann, PHONE);
  await atEnd(ann, 'still at the end in a narrow window');
  await still(ann);
  await becomes(() => jump(ann).count(), 0);
  assert.deepEqual(ann.wrong, []);
});

test('within reach of the end it stays stuck; sending leads to the end', { timeout: 240_000 }, async () => {
  const ann = await enter(browser, server.url);
  await flood(ann, 60);
  await wheelUp(ann, 60);
  await flood(ann, 1);
  await atEnd(ann, 'follows');
  await wheelUp(ann, 800);
  await say(ann, 'what I say I want to see');
  await atEnd(ann, 'at the end');
  await message(ann, 'what I say I want to see').waitFor();
});

/** Turns the wheel up by one step, and tells how far the row across the middle has come by it; null if it is gone. */
async function moves(page, step) {
  const mark = await log(page).evaluateHandle((box) => {
    const y = (li) => li.getBoundingClientRect().top - box.getBoundingClientRect().top;
    const row = [...box.querySelectorAll('li')].find((li) => y(li) + li.offsetHeight > box.clientHeight / 2);
    const begin = y(row);
    return { box, top: box.scrollTop, moved: () => (row.isConnected ? y(row) - begin : null) };
  });
  await page.mouse.wheel(0, step);
  // All of it, or the next step would be blamed for the rest. Less is left only near the top.
  await until(
    () =>
      mark.evaluate(({ box, top, moved }, most) => {
        const by = moved();
        return by === null || by < -2 || by > Math.min(most, top) - 2 || box.scrollTop <= 0;
      }, -step),
    'the wheel moved it',
  );
  await still(page);
  const by = await mark.evaluate(({ moved }) => moved());
  await mark.dispose();
  return by;
}

/** The first of all that was said; not the 101st, which a page of history begins with. */
const FIRST = /(?<!\d)1: /;

/** Scrolls up with the wheel until `first` is the first row; tells how often what was on the screen jumped. */
async function wheelToTop(page, first) {
  await log(page).hover();
  let jumps = 0;
  await until(
    async () => {
      const top = await log(page).evaluate((e) => e.scrollTop);
      if (top <= 0) return first.test(await rows(page).first().innerText());
      // Step by step as a wheel does; what is on the screen must move by the step and not jump when rows are added.
      const moved = await moves(page, -300);
      if (moved === null || moved < -2 || moved > 302) jumps++;
      assert.ok((await rows(page).count()) <= 250, 'never more than 250 rows');
      return false;
    },
    'the first message',
    120_000,
  );
  return jumps;
}

test('draws a window of a long history, all of which can be scrolled back to', { timeout: 360_000 }, async () => {
  const ann = await enter(browser, server.url);
  await flood(ann, 400);
  assert.ok((await rows(ann).count()) <= 160, 'few rows while stuck');
  assert.equal(await wheelToTop(ann, FIRST), 0);
  await jump(ann).click();
  await atEnd(ann, 'at the end');
  await shows(ann, said);
});

test('what was said before one came is fetched ahead of the reader, without a jump', { timeout: 360_000 }, async () => {
  const bob = await enter(browser, server.url);
  await flood(bob, 400);
  const ann = await enter(browser, server.url);
  await shows(ann, 400);
  await atEnd(ann, 'at the end');
  assert.ok((await rows(ann).count()) <= 160, 'not all of it at once');
  assert.equal(await wheelToTop(ann, FIRST), 0);
  await ann.getByText('This is the beginning of Lobby.').waitFor();
  await becomes(() => ann.locator('[data-gap]').count(), 0, 'nothing is missing');
  // New ones meanwhile do not move what is read.
  await still(ann);
  const read = await middle(ann);
  for (let i = 0; i < 30; i++) visitor.send(`while reading ${i}`);
  await until(async () => /30 new messages/.test(await jump(ann).innerText()), 'thirty are counted');
  assert.ok(Math.abs((await middle(ann)).y - read.y) < 1, 'not moved');
  await jump(ann).click();
  await message(ann, 'while reading 29').waitFor();
  assert.deepEqual(ann.wrong, []);
});

test('while it glides after a push, phones that mind are not scrolled by us: what comes above waits until it stands still', { timeout: 240_000 }, async () => {
  const minding = (page) =>
    page.addInitScript(() => {
      const { supports } = CSS;
      CSS.supports = (...what) => what[0] === '-webkit-touch-callout' || supports.apply(CSS, what);
    });
  const ann = await enter(browser, server.url, { prepare: minding });
  await flood(ann, 300);
  await atEnd(ann, 'at the end');
  const first = () => log(ann).evaluate((box) => Number(box.querySelector('li[data-seq]').dataset.seq));
  const touch = (what) => log(ann).evaluate((box, type) => void box.dispatchEvent(new Event(type, { bubbles: true })), what);
  const to = (top) => log(ann).evaluate((box, y) => void (box.scrollTop = y), top);
  await wheelUp(ann, 600);
  const begin = await first();
  await touch('touchstart');
  for (const top of [900, 500, 300]) {
    await to(top);
    await still(ann);
  }
  assert.equal(await first(), begin, 'nothing is put in front under the finger');
  const read = await middle(ann);
  await touch('touchend');
  await until(async () => (await first()) < begin, 'and then it is');
  await still(ann);
  assert.ok((await awayBy(ann, read)) < 1, 'without a jump');
  await touch('touchstart');
  const at = await first();
  await to(0);
  await until(async () => (await first()) < at, 'at the very top it does not wait');
});
