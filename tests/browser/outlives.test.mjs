// What was said and what was shown outlives the page: no connection, closed tabs, a killed browser.

import { test } from 'node:test';
import { becomes, enter, inside, message, oneForEach, rows, say, shelf, until } from './support.mjs';

const { server, browser } = oneForEach();

const texts = (page) => rows(page).evaluateAll((all) => all.map((row) => row.querySelector('[dir=auto]')?.textContent));
const numbers = (what) => Array.from({ length: 10 }, (_, i) => `${what} ${i + 1}`);

/** Until the browser itself has what waits, and would not ask before the page is left. */
const safe = (page, count) => until(async () => (await shelf(page, 'outbox')).length === count, `${count} messages on the shelf`);

/** Until what is shown is kept: rooms and messages, written when there is time. */
const remembered = (page, text) => until(async () => JSON.stringify(await shelf(page, 'rooms')).includes(text), `${text} is remembered`);

test('ten messages typed without a server, the tab closed and opened again: shown at once, sent once, in order', { timeout: 240_000 }, async () => {
  const ann = await enter(browser, server.url, { name: 'Ann' });
  const bob = await enter(browser, server.url, { name: 'Bob' });
  await say(bob, 'before');
  await message(ann, 'before').waitFor();
  await remembered(ann, 'before');
  // The page itself has to come from somewhere while there is no server.
  await ann.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await server.kill();
  for (const text of numbers('typed')) await say(ann, text);
  await safe(ann, 10);
  const context = ann.context();
  await ann.close();

  const again = await context.newPage();
  await again.goto(server.url);
  await becomes(() => texts(again), ['before', ...numbers('typed')], 'what was there and what waits, without a server');
  await server.start();
  await becomes(() => texts(bob), ['before', ...numbers('typed')], 'on the other screen', 60_000);
  await safe(again, 0);
  await becomes(() => texts(again), ['before', ...numbers('typed')], 'each of them once');
});

test('a tab that is closed leaves what waits to the other one', { timeout: 240_000 }, async () => {
  const one = await enter(browser, server.url, { name: 'Eve' });
  const two = await one.context().newPage();
  await two.goto(server.url);
  await inside(two);
  await server.kill();
  await say(one, 'from the one');
  await say(two, 'from the other');
  const both = ['from the one', 'from the other'];
  await becomes(() => texts(two), both, 'each shows what the other has to send');
  await safe(two, 2);
  await one.close();
  await server.start();
  await safe(two, 0);
  // Each tab has an order of its own: which of the two came first is for whoever sends them.
  await becomes(async () => (await texts(two)).toSorted(), both, 'both are there, once');
});
