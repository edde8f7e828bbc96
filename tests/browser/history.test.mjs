// Where a room is opened, what is unread in it, links to messages, days, and the keyboard in the list.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeEach, test } from 'node:test';
import { becomes, createRoom, enter, input, inside, message, oneForEach, PHONE, say, shot, until, violations, visit } from './support.mjs';
import { talker } from './wire.mjs';

const { server, browser } = oneForEach();
let bob;
beforeEach(async () => {
  bob = await talker(server.url, 'Bob');
});

const log = (page) => page.getByRole('log');
const fromEnd = (page) => log(page).evaluate((e) => e.scrollHeight - e.clientHeight - e.scrollTop);
const atEnd = (page, what) => until(async () => (await fromEnd(page)) < 2, what);
const path = (page) => new URL(page.url()).pathname;
const line = (page) => page.locator('[data-unread]');
const missed = (page) => page.locator('[data-missed]');
const trouble = (page) => page.locator('[data-trouble]');
const tally = (page) => page.locator('[data-room=Lobby]').locator('visible=true').innerText();
const down = (page) => page.getByRole('button', { name: /new message|newest/ });
const texts = (count, from = 0) => Array.from({ length: count }, (_, i) => `${from + i}: ${'a few words more '.repeat((i * 7) % 13)}`.trim());

async function hear(...lines) {
  for (const text of lines) bob.say(text);
  await bob.done();
  return bob.last;
}

/** How far down in the view a row stands: 0 at its top, 1 at its end. */
const place = (page, text, seq) =>
  (seq ? page.locator(`li[data-seq="${seq}"] [data-message]`) : message(page, text).last()).evaluate((row) => {
    const box = row.closest('[role=log]').getBoundingClientRect();
    const at = row.closest('li').getBoundingClientRect();
    return (at.top + at.height / 2 - box.top) / box.height;
  });

/** Whether something in view is still to come. */
const waits = (page) =>
  log(page).evaluate((box) => {
    const { top, bottom } = box.getBoundingClientRect();
    const inView = (row) => row.getBoundingClientRect().bottom > top && row.getBoundingClientRect().top < bottom;
    return [...box.querySelectorAll('[data-gap]')].some(inView);
  });

/** Somebody who looks at another room while things are said in the lobby; `has`: until it has come to them. */
async function away() {
  let last = 0;
  const listen = ({ payload }) => {
    for (const [, seq] of String(payload).matchAll(/"room":"lobby","seq":(\d+)/g)) last = Math.max(last, Number(seq));
  };
  const prepare = (page) => page.on('websocket', (ws) => ws.on('framereceived', listen));
  const ann = await enter(browser, server.url, { name: 'Ann', prepare });
  ann.has = (seq) => until(() => last >= seq, 'it has come to them');
  await hear('known before');
  await message(ann, 'known before').waitFor();
  await createRoom(ann, 'Garden');
  return ann;
}

test('little that is unread: at the end, under a line that stays while one reads and goes when one leaves', async () => {
  const ann = await away();
  await hear('one', 'two', 'three');
  await until(async () => (await tally(ann)).includes('3'), 'three are unread');
  await visit(ann, 'Lobby');
  await line(ann).waitFor();
  await atEnd(ann, 'at the end');
  await becomes(() => line(ann).evaluate((l) => l.closest('li').innerText.includes('one')), true, 'over the first of them');
  await becomes(() => missed(ann).count(), 0);
  await until(async () => !/\d/.test(await tally(ann)), 'they are read');
  await hear('four');
  await message(ann, 'four').waitFor();
  await becomes(() => line(ann).count(), 1, 'the line stays');
  await until(async () => !/\d/.test(await tally(ann)), 'it is read');
  await visit(ann, 'Garden');
  await visit(ann, 'Lobby');
  await message(ann, 'four').waitFor();
  await becomes(() => line(ann).count(), 0, 'and is gone');
  await say(ann, 'mine');
  await message(ann, 'mine').waitFor();
  await becomes(() => line(ann).count(), 0, 'never over what one says oneself');
  assert.deepEqual(ann.wrong, []);
});

test('much that is unread: at the first of it, which counts as unread until one has been down or says otherwise', { timeout: 240_000 }, async () => {
  const ann = await away();
  await ann.has(await hear(...texts(300)));
  await until(async () => (await tally(ann)).includes('99+'), 'all are unread');
  await visit(ann, 'Lobby');
  await missed(ann).getByText(/^300 new messages since/).waitFor();
  const [first] = texts(1);
  await until(async () => {
    const at = await place(ann, first);
    return at > 0.3 && at < 0.5;
  }, 'at a third of the height');
  assert.match(await tally(ann), /99\+/, 'still unread');
  assert.deepEqual(await violations(ann), [], 'with the bar');
  await shot(ann, 'history-unread');
  await missed(ann).getByRole('button', { name: 'Jump to latest' }).click();
  await atEnd(ann, 'at the end');
  await missed(ann).waitFor({ state: 'detached' });
  await until(async () => !/\d/.test(await tally(ann)), 'all are read');

  await visit(ann, 'Garden');
  await ann.has(await hear(...texts(300, 300)));
  await until(async () => (await tally(ann)).includes('99+'), 'again');
  await visit(ann, 'Lobby');
  await missed(ann).waitFor();
  await missed(ann).getByRole('button', { name: 'Mark as read' }).click();
  await until(async () => !/\d/.test(await tally(ann)), 'called read');
  await atEnd(ann, 'and at the end');
  await becomes(() => line(ann).count(), 0);

  await visit(ann, 'Garden');
  await ann.has(await hear(...texts(100, 600)));
  await until(async () => (await tally(ann)).includes('99+'), 'once more');
  await visit(ann, 'Lobby');
  await missed(ann).waitFor();
  await until(async () => {
    await ann.keyboard.press('Escape');
    return !/\d/.test(await tally(ann));
  }, 'Escape means: I am done here');
  await atEnd(ann, 'at the end');
  await missed(ann).waitFor({ state: 'detached' });
  assert.deepEqual(ann.wrong, []);
});

test('a link to a message: in the middle, marked, with history both ways, and nothing is read by it', { timeout: 240_000 }, async () => {
  const said = texts(600);
  await hear(...said);
  const ann = await enter(browser, server.url, { name: 'Ann' });
  await createRoom(ann, 'Garden');
  await hear('news', 'more news');
  await until(async () => (await tally(ann)).includes('2'), 'two are unread');
  // It may be over before one comes to look.
  await ann.addInitScript(() => {
    globalThis.flashed = [];
    const look = () => document.querySelectorAll('li[data-flash]').forEach((li) => globalThis.flashed.push(li.dataset.seq));
    new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-flash'] });
  });
  await ann.goto(`${server.url}r/lobby/301`);
  await inside(ann);
  await message(ann, said[300]).waitFor();
  await until(async () => Math.abs((await place(ann, said[300])) - 0.5) < 0.1, 'in the middle');
  await until(() => ann.evaluate(() => globalThis.flashed.includes('301')), 'marked');
  await ann.locator('li[data-flash]').waitFor({ state: 'detached' });
  await until(async () => /2/.test(await tally(ann)), 'nothing is read by it');
  // Both ways without a hole.
  await log(ann).hover();
  for (const [by, first] of [[-600, said[200]], [600, said[420]]]) {
    await until(
      async () => {
        // One can scroll past what is not there yet, down to the newest.
        if (!(await waits(ann))) await ann.mouse.wheel(0, by);
        return (await message(ann, first).count()) > 0;
      },
      `as far as ${first.slice(0, 4)}`,
    );
  }
  const drawn = await log(ann).locator('li').evaluateAll((all) => all.map((li) => Number(li.dataset.seq ?? NaN)));
  // What is not there yet has a row that says so.
  for (let i = 1; i < drawn.length; i++) assert.ok(!(drawn[i] > drawn[i - 1] + 1), `a hole after ${drawn[i - 1]}`);

  // The same link once more, as from elsewhere on the page.
  await ann.evaluate(() => {
    const link = document.createElement('a');
    link.href = '/r/lobby/301';
    link.id = 'again';
    link.textContent = 'again';
    document.querySelector('main').append(link);
  });
  await ann.locator('#again').evaluate((a) => a.click());
  await until(async () => (await message(ann, said[300]).count()) > 0 && Math.abs((await place(ann, said[300])) - 0.5) < 0.1, 'there again');

  await down(ann).click();
  await atEnd(ann, 'at the end');
  await message(ann, 'more news').waitFor();
  await becomes(() => path(ann), '/', 'the address is the room again');
  await until(async () => !/\d/.test(await tally(ann)), 'now they are read');
  assert.deepEqual(ann.wrong, []);
});

test('a link to what is deleted, or never was, says so', async () => {
  await hear(...texts(80));
  bob.change('delete', 40);
  bob.change('react', 41, { emoji: '👍' });
  await bob.done();
  const ann = await enter(browser, `${server.url}r/lobby/40`);
  await trouble(ann).getByText(/was deleted/).waitFor();
  await until(async () => (await ann.locator('li[data-seq="40"]').count()) === 1, 'its place is shown');
  await trouble(ann).getByRole('button', { name: 'Close' }).click();
  await trouble(ann).waitFor({ state: 'detached' });
  // The reaction has a number, too, and is no message.
  await ann.goto(`${server.url}r/lobby/82`);
  await trouble(ann).getByText(/is not here/).waitFor();
  await ann.goto(`${server.url}r/lobby/99999`);
  await trouble(ann).getByText(/is not here/).waitFor();
  assert.deepEqual(await violations(ann), []);
  assert.deepEqual(ann.wrong, []);
});

test('an answer leads to its question and the way back to where one was; saying something leads to the end', { timeout: 240_000 }, async () => {
  const said = texts(400);
  await hear(...said);
  bob.say('the answer', { reply_to: 20 });
  await hear(...texts(40, 400));
  const ann = await enter(browser, server.url, { name: 'Ann' });
  await message(ann, texts(40, 400)[39]).waitFor();
  const answer = message(ann, 'the answer').last();
  await answer.scrollIntoViewIfNeeded();
  await answer.locator('[data-quote]').click();
  await ann.locator('li[data-seq="20"]').waitFor();
  await until(async () => Math.abs((await place(ann, said[19], 20)) - 0.5) < 0.1, 'the question');
  await becomes(() => path(ann), '/r/lobby/20', 'its address');
  await ann.goBack();
  await until(async () => {
    const at = (await message(ann, 'the answer').count()) > 0 ? await place(ann, 'the answer') : -1;
    return at > 0 && at < 1;
  }, 'back at the answer');
  await ann.goForward();
  await ann.locator('li[data-seq="20"]').waitFor();
  await say(ann, 'enough of it');
  await atEnd(ann, 'at the end');
  await message(ann, 'enough of it').waitFor();
  await becomes(() => path(ann), '/', 'the address of the room');
  assert.deepEqual(ann.wrong, []);
});

/** Puts what was said so far some days into the past. */
async function past(days, upTo) {
  await server.kill('SIGTERM');
  const ms = Math.round(days * 86_400_000);
  execFileSync('python3', [
    '-c',
    'import sqlite3, sys, glob\n' +
      'c = sqlite3.connect(sys.argv[1])\n' +
      'c.execute("UPDATE events SET ts = ts - ? WHERE seq <= ?", (int(sys.argv[2]), int(sys.argv[3])))\n' +
      'c.commit()',
    join(server.data, 'hubbub.db'),
    String(ms),
    String(upTo),
  ]);
  await server.start();
  bob = await talker(server.url, 'Bob 2');
}

/** Somewhere else than the server, and not about midnight: the days must not change while one looks. */
const elsewhere = () =>
  ['Pacific/Auckland', 'America/St_Johns'].find((timeZone) => {
    const hour = Number(new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' }).format());
    return hour > 0 && hour < 23;
  });

test('days: lines in the reader\'s zone, one that floats while one scrolls, and a way to any of them', { timeout: 240_000 }, async () => {
  const old = await hear(...texts(120));
  bob.close();
  await past(3, old);
  await hear(...texts(120, 1000));
  const timezone = elsewhere();
  const ann = await enter(browser, server.url, { name: 'Ann', timezone });
  await message(ann, texts(120, 1000)[119]).waitFor();
  const label = (ms) =>
    ann.evaluate(
      ([ts, timeZone]) => new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', timeZone }).format(ts),
      [ms, timezone],
    );
  await log(ann).hover();
  await until(
    async () => {
      await ann.mouse.wheel(0, -1500);
      return (await ann.getByRole('heading', { name: 'Today', exact: true }).count()) > 0;
    },
    'where today begins',
  );
  await until(
    async () => {
      // It is there for a moment after each turn: whoever came too late for all of them begins again from the top.
      const top = await log(ann).evaluate((box) => box.scrollTop <= 0);
      await ann.mouse.wheel(0, top ? 3000 : -300);
      return (await ann.locator('[data-floating-day]').innerText({ timeout: 300 }).catch(() => '')) === (await label(Date.now() - 3 * 86_400_000));
    },
    'the day that one reads floats over it',
  );
  // The line itself leads to the days.
  await down(ann).click();
  await atEnd(ann, 'at the end');
  await ann.mouse.wheel(0, -300);
  await until(
    async () => {
      await ann.mouse.wheel(0, -1500);
      return ann.getByRole('button', { name: 'Today', exact: true }).isVisible();
    },
    'the line of today',
  );
  await ann.getByRole('button', { name: 'Today', exact: true }).click();
  const dialog = ann.getByRole('dialog', { name: 'Go to a day' });
  await dialog.waitFor();
  assert.deepEqual(await violations(ann), []);
  await shot(ann, 'history-date');
  await dialog.getByRole('button', { name: 'The beginning' }).click();
  await dialog.waitFor({ state: 'detached' });
  await message(ann, texts(1)[0]).waitFor();
  await becomes(() => path(ann), '/r/lobby/1', 'the address of the first message');
  await ann.locator('[data-beginning]').waitFor();

  await ann.locator('h3 button').first().click();
  await dialog.getByRole('button', { name: 'Yesterday' }).click();
  await dialog.waitFor({ state: 'detached' });
  await until(async () => path(ann) === '/r/lobby/121', 'the first message since then');
  await until(async () => (await message(ann, texts(1, 1000)[0]).count()) > 0, 'is shown');

  await ann.locator('h3 button').first().click();
  const day = await ann.evaluate(() => new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10));
  await dialog.getByLabel('Or choose a day').evaluate((field) => field.removeAttribute('max'));
  await dialog.getByLabel('Or choose a day').fill(day);
  await dialog.getByRole('button', { name: 'Go', exact: true }).click();
  await atEnd(ann, 'after all of it is the end');
  assert.deepEqual(ann.wrong, []);
});

test('by keyboard: one stop of Tab, from message to message, through what is in one, and out again', { timeout: 240_000 }, async () => {
  await hear(...texts(60), 'with https://example.org/a and https://example.org/b', 'the last one');
  const ann = await enter(browser, server.url, { name: 'Ann' });
  await message(ann, 'the last one').waitFor();
  const focused = () => ann.evaluate(() => document.activeElement?.closest('[data-message]')?.innerText ?? document.activeElement?.tagName);
  const on = (what, want) => until(async () => want.test(String(await focused())), what);
  await input(ann).focus();
  await until(async () => {
    await ann.keyboard.press('Shift+Tab');
    return /last one/.test(String(await focused()));
  }, 'from where one writes back to the newest message');
  await ann.keyboard.press('ArrowUp');
  await on('the one above', /example/);
  await ann.keyboard.press('Tab');
  const link = () => ann.evaluate(() => document.activeElement?.getAttribute('href'));
  await becomes(link, 'https://example.org/a', 'its first link');
  await ann.keyboard.press('Tab');
  await becomes(link, 'https://example.org/b', 'its second link');
  await ann.keyboard.press('Shift+Tab');
  await ann.keyboard.press('Shift+Tab');
  await on('back to the message', /example/);
  await becomes(() => ann.evaluate(() => document.activeElement?.matches('[data-message]')), true);
  await ann.keyboard.press('Shift+Tab');
  await becomes(() => ann.evaluate(() => document.activeElement?.closest('[role=log]') === null), true, 'out of the list');
  await ann.keyboard.press('Tab');
  await on('in again at the same message', /example/);
  // What comes does not take away what one reads.
  const row = () => ann.evaluate(() => document.activeElement?.closest('[data-message]')?.dataset.key);
  const read = await row();
  await hear(...texts(200, 500));
  await until(async () => /200 new/.test(await down(ann).innerText()), 'they are counted');
  assert.equal(await row(), read);
  const inView = () =>
    ann.evaluate(() => {
      const at = document.activeElement.getBoundingClientRect();
      const box = document.activeElement.closest('[role=log]').getBoundingClientRect();
      return at.bottom > box.top && at.top < box.bottom;
    });
  await becomes(inView, true, 'in view');
  await ann.keyboard.press('PageUp');
  await until(async () => (await row()) !== read && (await inView()), 'a page up');
  await ann.keyboard.press('Home');
  await until(async () => (await ann.locator('[data-beginning]').count()) === 1, 'the beginning');
  await ann.keyboard.press('End');
  await atEnd(ann, 'the end');
  await becomes(() => ann.evaluate(() => document.activeElement !== document.body), true, 'something has the focus');
  assert.deepEqual(ann.wrong, []);
});

test('what cannot be fetched says so, and can be asked for again', { timeout: 240_000 }, async () => {
  await hear(...texts(300));
  const ann = await enter(browser, server.url, { size: PHONE });
  await message(ann, texts(300)[299]).waitFor();
  await server.kill('SIGKILL');
  await log(ann).hover();
  await until(
    async () => {
      await ann.mouse.wheel(0, -3000);
      return ann.getByText('More comes when the connection is back.').isVisible();
    },
    'without a server it says what it waits for',
  );
  await server.start();
  await until(
    async () => {
      await ann.mouse.wheel(0, -3000);
      return (await ann.locator('[data-beginning]').count()) === 1;
    },
    'with one it goes on by itself',
    60_000,
  );
  await becomes(() => ann.locator('[data-gap]').count(), 0);
});
