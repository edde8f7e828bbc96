// The program is killed and comes back on the same port. Nothing is lost that was typed, nothing is said twice.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import {
  act,
  banner,
  becomes,
  createRoom,
  edit,
  enter,
  input,
  joinRoom,
  kept,
  message,
  named,
  oneForAll,
  react,
  rows,
  say,
  screen,
  until,
  visit,
} from './support.mjs';
import { talker } from './wire.mjs';

const { server, browser } = oneForAll();

/** A break that is shorter is not worth a word. */
const GRACE_MS = 5000;

/** Counts the page loads from here on. */
async function counted(...pages) {
  const loads = pages.map(() => 0);
  pages.forEach((page, i) => page.on('load', () => loads[i]++));
  return async () => loads;
}

const copies = async (page, text) => (await rows(page).allInnerTexts()).filter((t) => t.split('\n').includes(text)).length;

test('killed and restarted: it says so, waits, sends once, and both see the same', { timeout: 240_000 }, async () => {
  const ann = await enter(browser, server.url, { name: 'Ann' });
  const bob = await enter(browser, server.url, { name: 'Bob' });
  for (let i = 0; i < 5; i++) await say(ann, `before ${i}`);
  await message(bob, 'before 4').waitFor();
  await kept(ann, 'before 4');
  const loads = await counted(ann, bob);

  await server.kill();
  await input(bob).fill('half written');
  await say(ann, 'while it was away');
  await message(ann, 'while it was away').waitFor();
  await banner(ann).waitFor();
  await ann.getByText('Waiting for the connection…').waitFor();
  await until(async () => /Reconnecting in \d+ s/.test(await banner(ann).innerText()), 'it counts down');
  await say(ann, 'and a second one');

  await server.start();
  const now = ann.getByRole('button', { name: 'Try now' });
  if (await now.isVisible()) await now.click({ timeout: 1000 }).catch(() => {});
  await banner(ann).waitFor({ state: 'detached' });
  await banner(bob).waitFor({ state: 'detached' });
  await until(async () => (await ann.getByText('Waiting for the connection…').count()) === 0, 'sent');
  await becomes(() => input(bob).inputValue(), 'half written');
  await message(bob, 'and a second one').waitFor();

  await say(bob, 'back again');
  await message(ann, 'back again').waitFor();
  const all = ['before 0', 'before 1', 'before 2', 'before 3', 'before 4', 'while it was away', 'and a second one', 'back again'];
  for (const page of [ann, bob]) await becomes(() => screen(page), all, 'the same on both');
  await named(ann, 'Ann');
  assert.deepEqual(await loads(), [0, 0], 'without a reload');
  assert.deepEqual([ann.wrong, bob.wrong], [[], []]);
});

test('killed in the middle of a burst, again and again: both screens end equal and complete', { timeout: 360_000 }, async () => {
  const ann = await enter(browser, server.url, { name: 'Ada' });
  const bob = await enter(browser, server.url, { name: 'Ben' });
  await createRoom(ann, 'Burst');
  await joinRoom(bob, 'Burst');
  const loads = await counted(ann, bob);
  const sent = { ann: [], bob: [] };
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 12; i++) {
      for (const [who, page] of [['ann', ann], ['bob', bob]]) {
        const text = `${who} ${round}.${i}`;
        sent[who].push(text);
        await say(page, text);
      }
      if (i === 7) await server.kill();
      if (i === 9) await server.start();
    }
    for (const page of [ann, bob]) {
      const now = page.getByRole('button', { name: 'Try now' });
      if (await now.isVisible()) await now.click({ timeout: 1000 }).catch(() => {});
    }
    await Promise.all([screen(ann), screen(bob)]);
  }
  const total = sent.ann.length + sent.bob.length;
  for (const page of [ann, bob]) await until(async () => (await screen(page)).length === total, 'all of it');
  const seen = await screen(ann);
  await becomes(() => screen(bob), seen, 'the same on both');
  for (const who of ['ann', 'bob']) assert.deepEqual(seen.filter((t) => t.startsWith(who)), sent[who], `${who}'s, once and in order`);
  assert.deepEqual(await loads(), [0, 0], 'without a reload');
  // What is on the screens is what the server has.
  await ann.reload();
  // As many of the last ones as it fetches at once; what the device has kept of them may be shown before.
  await until(async () => {
    const shown = await screen(ann);
    return shown.length > 0 && isDeepStrictEqual(shown, seen.slice(-shown.length));
  }, 'the same from the server');
  assert.deepEqual([ann.wrong, bob.wrong], [[], []]);
});

test('what was changed while one was away is there on coming back', { timeout: 240_000 }, async () => {
  const ann = await enter(browser, server.url, { name: 'Amy' });
  const bob = await enter(browser, server.url, { name: 'Bill' });
  await createRoom(ann, 'Changes');
  await joinRoom(bob, 'Changes');
  for (const text of ['to edit', 'to delete', 'to praise']) await say(ann, text);
  await message(bob, 'to praise').waitFor();
  await bob.context().setOffline(true);
  await visit(ann, 'Changes');
  await edit(ann, 'to edit', 'edited text');
  await act(ann, 'to delete', 'Delete');
  await ann.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await react(ann, 'to praise', '🎉');
  await say(ann, 'and a new one');
  const expected = ['edited text (edited)', 'This message was deleted', 'to praise | 🎉1', 'and a new one'];
  await becomes(() => screen(ann), expected, 'all of it is done');
  // Offline alone keeps an open WebSocket going: the server's end makes it certain.
  await server.kill();
  await server.start();
  await bob.context().setOffline(false);
  for (const page of [ann, bob]) await becomes(() => screen(page), expected, 'the same on both');
  assert.deepEqual([ann.wrong, bob.wrong], [[], []]);
});

test('forty edits and deletions made while one was away are there on coming back', { timeout: 240_000 }, async () => {
  const bob = await enter(browser, server.url, { name: 'Bert' });
  await createRoom(bob, 'Forty');
  const room = await until(() => /\/r\/(\w+)/.exec(bob.url())?.[1], 'its address');
  const ann = await talker(server.url, 'Alma', room);
  for (let i = 0; i < 50; i++) ann.say(`as it was ${i}`);
  await ann.done();
  const first = ann.last - 49;
  await message(bob, 'as it was 49').waitFor();

  // Nothing gets through from here on, neither on the connection there is nor on a new one.
  await bob.context().setOffline(true);
  await server.kill();
  await banner(bob).waitFor();
  await server.start();
  const later = await talker(server.url, 'Alma', room, ann.token);
  for (let i = 0; i < 40; i++) {
    if (i % 2) later.change('delete', first + i);
    else later.change('edit', first + i, { text: `as it is ${i}` });
  }
  later.say('and a new one');
  await later.done();
  await bob.context().setOffline(false);

  const expected = [
    ...Array.from({ length: 40 }, (_, i) => (i % 2 ? 'This message was deleted' : `as it is ${i} (edited)`)),
    ...Array.from({ length: 10 }, (_, i) => `as it was ${40 + i}`),
    'and a new one',
  ];
  await message(bob, 'and a new one').waitFor();
  await becomes(() => screen(bob), expected, 'all of the changes, and nothing else');
  assert.deepEqual(bob.wrong, []);
  ann.close();
  later.close();
});

/** Kills the program, starts it again, and tells how long the page can at most have been without it. */
async function breakFor(page, text) {
  const begin = Date.now();
  await server.kill();
  await server.start();
  await say(page, text);
  await kept(page, text);
  return Date.now() - begin;
}

test('a short break passes without a word', { timeout: 240_000 }, async () => {
  // On a busy machine the break may be so long that a word is due: then it shows nothing, and another one is made.
  for (let round = 0, short = false; !short; round++) {
    assert.ok(round < 6, 'the program never came back in a short time');
    const ann = await enter(browser, server.url);
    await ann.evaluate(() => {
      window.banners = 0;
      new MutationObserver(() => (window.banners += document.querySelectorAll('[data-banner]').length)).observe(document.body, {
        childList: true,
        subtree: true,
      });
    });
    short = (await breakFor(ann, `as if nothing had been ${round}`)) < GRACE_MS;
    assert.equal(await copies(ann, `as if nothing had been ${round}`), 1);
    if (short) assert.equal(await ann.evaluate(() => window.banners), 0);
    await ann.context().close();
  }
});
