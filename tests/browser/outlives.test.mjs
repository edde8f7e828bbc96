// What was said and what was shown outlives the page: no connection, closed tabs, a killed browser.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { becomes, enter, inside, launch, leaveAll, message, rows, say, Server, until } from './support.mjs';

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

const texts = (page) => rows(page).evaluateAll((all) => all.map((row) => row.querySelector('[dir=auto]')?.textContent));
const numbers = (what) => Array.from({ length: 10 }, (_, i) => `${what} ${i + 1}`);

/** Until the browser itself has what waits, and would not ask before the page is left. */
const safe = (page, count) =>
  until(
    () =>
      page.evaluate(
        (wanted) =>
          new Promise((done) => {
            const open = indexedDB.open('hubbub');
            open.onsuccess = () => {
              const all = open.result.transaction('outbox').objectStore('outbox').count();
              all.onsuccess = () => {
                open.result.close();
                done(all.result === wanted);
              };
            };
          }),
        count,
      ),
    `${count} messages on the shelf`,
  );

/** Until what is shown is kept: rooms and messages, written when there is time. */
const remembered = (page, text) =>
  until(
    () =>
      page.evaluate(
        (wanted) =>
          new Promise((done) => {
            const open = indexedDB.open('hubbub');
            open.onsuccess = () => {
              const all = open.result.transaction('rooms').objectStore('rooms').getAll();
              all.onsuccess = () => {
                open.result.close();
                done(JSON.stringify(all.result).includes(wanted));
              };
            };
          }),
        text,
      ),
    `${text} is remembered`,
  );

test('ten messages typed without a server, the tab closed and opened again: shown at once, sent once, in order', { timeout: 120_000 }, async () => {
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
  assert.deepEqual(await texts(again), ['before', ...numbers('typed')]);
});

test('a tab that is closed leaves what waits to the other one', { timeout: 120_000 }, async () => {
  const one = await enter(browser, server.url, { name: 'Eve' });
  const two = await one.context().newPage();
  await two.goto(server.url);
  await inside(two);
  const earlier = await texts(two);
  await server.kill();
  await say(one, 'from the one');
  await say(two, 'from the other');
  const both = [...earlier, 'from the one', 'from the other'];
  await becomes(() => texts(two), both, 'each shows what the other has to send');
  await safe(two, 2);
  await one.close();
  await server.start();
  await safe(two, 0);
  await becomes(async () => (await texts(two)).slice(earlier.length).toSorted(), both.slice(earlier.length).toSorted(), 'both are there, once');
});
