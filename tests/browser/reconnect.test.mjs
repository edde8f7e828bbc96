// The program is killed and comes back on the same port. Nothing is lost that was typed, nothing is said twice.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { banner, enter, input, launch, leaveAll, message, rows, say, Server, until } from './support.mjs';

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

const copies = async (page, text) => (await rows(page).allInnerTexts()).filter((t) => t.split('\n').includes(text)).length;

test('killed and restarted: it says so, waits, sends once, and both see the same', { timeout: 120_000 }, async () => {
  const ann = await enter(browser, server.url, { name: 'Ann' });
  const bob = await enter(browser, server.url, { name: 'Bob' });
  // More than will be said while Bob is away: only then do the numbers show for certain that the room began anew.
  for (let i = 0; i < 5; i++) await say(ann, `before ${i}`);
  await message(bob, 'before 4').waitFor();

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
  for (const text of ['while it was away', 'and a second one', 'back again']) assert.equal(await copies(ann, text), 1, text);
  const order = (await rows(ann).allInnerTexts()).join('\n');
  assert.ok(order.indexOf('while it was away') < order.indexOf('and a second one'));
  // Bob was away too: he sees each message, or is told how many he missed.
  const missed = await bob.locator('[data-missed]').evaluateAll((all) => all.map((e) => Number(e.dataset.missed)));
  const seen = (await copies(bob, 'while it was away')) + (await copies(bob, 'and a second one'));
  assert.equal(seen + missed.reduce((a, b) => a + b, 0), 2);
  assert.match(await ann.getByRole('button', { name: /^Change/ }).getAttribute('aria-label'), /: Ann$/);
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
