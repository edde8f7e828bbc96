// The program is killed and comes back on the same port. Nothing is lost that was typed, nothing is said twice.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { act, banner, createRoom, enter, input, joinRoom, launch, leaveAll, message, react, rows, say, screen, Server, until, visit } from './support.mjs';

let server;
let browser;
before(async () => {
  [server, browser] = await Promise.all([new Server().start(), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.end();
});
afterEach(leaveAll);

/** Counts the page loads from here on. */
async function counted(...pages) {
  const loads = pages.map(() => 0);
  pages.forEach((page, i) => page.on('load', () => loads[i]++));
  return async () => loads;
}

const copies = async (page, text) => (await rows(page).allInnerTexts()).filter((t) => t.split('\n').includes(text)).length;

test('killed and restarted: it says so, waits, sends once, and both see the same', { timeout: 120_000 }, async () => {
  const ann = await enter(browser, server.url, { name: 'Ann' });
  const bob = await enter(browser, server.url, { name: 'Bob' });
  for (let i = 0; i < 5; i++) await say(ann, `before ${i}`);
  await message(bob, 'before 4').waitFor();
  const loads = await counted(ann, bob);

  await server.kill();
  await input(bob).fill('half written');
  await say(ann, 'while it was away');
  assert.equal(await message(ann, 'while it was away').count(), 1, 'shown at once');
  await banner(ann).waitFor();
  await ann.getByText('Waiting for the connection…').waitFor();
  await until(async () => /Reconnecting in \d+ s/.test(await banner(ann).innerText()), 'it counts down');
  await say(ann, 'and a second one');

  await server.start();
  const now = ann.getByRole('button', { name: 'Try now' });
  if (await now.isVisible()) await now.click({ timeout: 1000 }).catch(() => {});
  await banner(ann).waitFor({ state: 'detached', timeout: 40_000 });
  await banner(bob).waitFor({ state: 'detached', timeout: 40_000 });
  await until(async () => (await ann.getByText('Waiting for the connection…').count()) === 0, 'sent');
  assert.equal(await input(bob).inputValue(), 'half written');

  await say(bob, 'back again');
  await message(ann, 'back again').waitFor();
  const all = ['before 0', 'before 1', 'before 2', 'before 3', 'before 4', 'while it was away', 'and a second one', 'back again'];
  for (const page of [ann, bob]) assert.deepEqual(await screen(page), all);
  assert.match(await ann.getByRole('button', { name: /^Change/ }).getAttribute('aria-label'), /: Ann$/);
  assert.deepEqual(await loads(), [0, 0], 'without a reload');
  assert.deepEqual([ann.wrong, bob.wrong], [[], []]);
});

test('killed in the middle of a burst, again and again: both screens end equal and complete', { timeout: 180_000 }, async () => {
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
  for (const page of [ann, bob]) await until(async () => (await screen(page)).length === total, 'all of it', 40_000);
  const seen = await screen(ann);
  assert.deepEqual(seen, await screen(bob));
  for (const who of ['ann', 'bob']) assert.deepEqual(seen.filter((t) => t.startsWith(who)), sent[who], `${who}'s, once and in order`);
  assert.deepEqual(await loads(), [0, 0], 'without a reload');
  // What is on the screens is what the server has.
  await ann.reload();
  await until(async () => (await rows(ann).count()) > 0, 'the history');
  assert.deepEqual(await screen(ann), seen.slice(-(await rows(ann).count())));
  assert.deepEqual([ann.wrong, bob.wrong], [[], []]);
});

test('what was changed while one was away is there on coming back', { timeout: 120_000 }, async () => {
  const ann = await enter(browser, server.url, { name: 'Amy' });
  const bob = await enter(browser, server.url, { name: 'Bill' });
  await createRoom(ann, 'Changes');
  await joinRoom(bob, 'Changes');
  for (const text of ['to edit', 'to delete', 'to praise']) await say(ann, text);
  await message(bob, 'to praise').waitFor();
  await bob.context().setOffline(true);
  await visit(ann, 'Changes');
  await act(ann, 'to edit', 'Edit');
  await input(ann).fill('edited text');
  await input(ann).press('Enter');
  await act(ann, 'to delete', 'Delete');
  await ann.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await react(ann, 'to praise', '🎉');
  await say(ann, 'and a new one');
  // Offline alone keeps an open WebSocket going: the server's end makes it certain.
  await screen(ann);
  await server.kill();
  await server.start();
  await bob.context().setOffline(false);
  const expected = ['edited text (edited)', 'This message was deleted', 'to praise | 🎉1', 'and a new one'];
  for (const page of [ann, bob]) {
    await until(async () => JSON.stringify(await screen(page)) === JSON.stringify(expected), 'the same on both', 40_000);
  }
  assert.deepEqual([ann.wrong, bob.wrong], [[], []]);
});

test('a short break passes without a word', { timeout: 60_000 }, async () => {
  const ann = await enter(browser, server.url, { name: 'Cleo' });
  await ann.evaluate(() => {
    window.banners = 0;
    new MutationObserver(() => (window.banners += document.querySelectorAll('[data-banner]').length)).observe(document.body, {
      childList: true,
      subtree: true,
    });
  });
  await server.kill();
  await server.start();
  await say(ann, 'as if nothing had been');
  await until(async () => (await ann.getByText(/Sending…|Waiting for/).count()) === 0, 'sent', 30_000);
  assert.equal(await copies(ann, 'as if nothing had been'), 1);
  assert.equal(await ann.evaluate(() => window.banners), 0);
});
