// Finding what was said: as one types, with filters, by keyboard, and back again.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  becomes,
  createRoom,
  DESK,
  enter,
  input,
  joinRoom,
  kept,
  oneForEach,
  opens,
  PHONE,
  rows,
  say,
  shot,
  until,
  violations,
  visit,
} from './support.mjs';

const { server, browser } = oneForEach();

const field = (page) => page.getByRole('searchbox', { name: 'Search in what was said' });
const hits = (page) => page.locator('a[data-hit]');
const texts = (page) => hits(page).evaluateAll((all) => all.map((a) => a.querySelector('[dir=auto]')?.textContent));

test('as one types, with marks; a hit is opened in its place, and the way back leads to what was found', { timeout: 240_000 }, async () => {
  const ann = await enter(browser, server.url, { name: 'Ann' });
  for (let i = 0; i < 45; i++) await say(ann, i % 3 === 0 ? `the old house ${i}\n\nwith some more lines` : `something else ${i}`);
  await say(ann, '**see** the `lighthouse_keeper` and [a *lighthouse*](https://example.org)');
  await kept(ann, 'something else 44');
  await kept(ann, 'see the lighthouse_keeper and a lighthouse');
  await opens(ann, 'Control+Shift+f', field(ann));
  await field(ann).pressSequentially('hou');
  await until(async () => (await hits(ann).count()) === 15, 'fifteen are found');
  await becomes(() => hits(ann).first().locator('mark').allInnerTexts(), ['hou'], 'marked');
  await until(() => ann.url().endsWith('/search?q=hou'), 'the address has it');

  // As it is read in the room, not as it was typed.
  await field(ann).fill('lighthouse');
  await becomes(() => texts(ann), ['see the lighthouse_keeper and a lighthouse'], 'the lighthouse');
  await becomes(() => hits(ann).locator('mark').allInnerTexts(), ['lighthouse', 'lighthouse'], 'marked');
  await field(ann).fill('hou');
  await until(async () => (await hits(ann).count()) === 15, 'fifteen are found again');

  // By keyboard to the third one, and there.
  const chosen = await hits(ann).nth(2).getAttribute('data-hit');
  const focused = () => ann.evaluate(() => document.activeElement.dataset.hit);
  for (let i = 0; i < 3; i++) {
    await ann.keyboard.press('ArrowDown');
    await becomes(focused, await hits(ann).nth(i).getAttribute('data-hit'), 'one further down');
  }
  const text = (await texts(ann))[2];
  await ann.keyboard.press('Enter');
  await until(() => ann.url().endsWith(`/r/${chosen}`), 'at the message');
  const row = rows(ann).filter({ hasText: new RegExp(`${text.split('\n')[0]}(?!\\d)`) });
  await until(() => row.evaluate((e) => e.getBoundingClientRect().top > 0 && e.getBoundingClientRect().bottom < innerHeight), 'on the screen');
  await ann.goBack();
  await becomes(focused, chosen, 'back at the hit');
  await becomes(() => field(ann).inputValue(), 'hou');
  assert.deepEqual(ann.wrong, []);
});

test('filters are chips that can be set and taken away; nothing found says so', { timeout: 240_000 }, async () => {
  const [ann, bob] = await Promise.all(['Ann', 'Bob'].map((name) => enter(browser, server.url, { name })));
  await createRoom(bob, 'Garden');
  await say(bob, 'roses in the garden');
  await joinRoom(ann, 'Garden');
  await say(ann, 'more roses');
  await kept(ann, 'more roses');
  await visit(ann, 'Lobby');
  await say(ann, 'roses in the lobby');
  await kept(ann, 'roses in the lobby');

  await ann.goto(`${server.url}search?q=roses`);
  await until(async () => (await hits(ann).count()) === 3, 'all three');
  await ann.getByRole('button', { name: 'In', exact: true }).click();
  await ann.getByRole('menuitem', { name: 'Garden' }).click();
  await until(async () => (await hits(ann).count()) === 2, 'those of the garden');
  await field(ann).press('End');
  await field(ann).pressSequentially(' from:Bob ');
  await until(async () => (await texts(ann)).join() === 'roses in the garden', 'what Bob said there');
  await ann.getByRole('button', { name: 'Without this filter: From Bob' }).waitFor();
  await becomes(() => field(ann).inputValue(), 'roses');
  await ann.getByRole('button', { name: 'Without this filter: In Garden' }).click();
  await ann.getByRole('button', { name: 'Without this filter: From Bob' }).click();
  await until(async () => (await hits(ann).count()) === 3, 'all three again');
  await field(ann).fill('tulips');
  await ann.getByRole('heading', { name: 'Nothing found' }).waitFor();
  // Half of a filter is nothing that did not work.
  await field(ann).fill('from:');
  await ann.getByRole('heading', { name: 'That cannot be looked for yet' }).waitFor();
  assert.equal(await ann.getByRole('alert').count(), 0);

  // What is said now is found now.
  await say(bob, '@Ann tulips');
  await kept(bob, '@Ann tulips');
  await field(ann).fill('tulip');
  await until(async () => (await hits(ann).count()) === 1, 'found while it is typed');
  await ann.getByRole('link', { name: 'Mentions of you' }).click();
  await until(async () => (await texts(ann)).join() === '@Ann tulips', 'and among the mentions');
  assert.deepEqual([ann.wrong, bob.wrong], [[], []]);
});

test('without a connection it says so at once, and searches by itself when there is one', { timeout: 240_000 }, async () => {
  const ann = await enter(browser, server.url, { name: 'Ann' });
  await say(ann, 'roses are red');
  await say(ann, 'violets are blue');
  await kept(ann, 'violets are blue');
  await opens(ann, 'Control+Shift+f', field(ann));
  await field(ann).fill('roses');
  await becomes(() => texts(ann), ['roses are red'], 'found');
  await ann.context().setOffline(true);
  await server.kill();
  await field(ann).fill('violets');
  await ann.getByText('There is no connection at the moment.').waitFor();
  assert.equal(await hits(ann).count(), 0, 'what was found before is nothing of that');
  await field(ann).fill('');
  await ann.getByText('Find anything that was said').waitFor();
  await field(ann).fill('violets');
  await ann.getByText('There is no connection at the moment.').waitFor();
  assert.deepEqual(await violations(ann), []);
  await server.start();
  await ann.context().setOffline(false);
  await becomes(() => texts(ann), ['violets are blue'], 'found by itself');
});

test('from over a room its own search; what comes later is loaded as one scrolls', { timeout: 240_000 }, async () => {
  const ann = await enter(browser, server.url, { name: 'Ann' });
  for (let i = 0; i < 60; i++) await say(ann, `needle ${i}`);
  await kept(ann, 'needle 59');
  await ann.getByRole('link', { name: 'Search in this room' }).click();
  await ann.getByRole('button', { name: 'Without this filter: In Lobby' }).waitFor();
  await field(ann).fill('needle');
  await until(async () => (await hits(ann).count()) >= 20, 'the first of them');
  await until(async () => {
    await hits(ann).last().scrollIntoViewIfNeeded();
    return (await hits(ann).count()) === 60;
  }, 'all of them');
  assert.deepEqual(new Set(await hits(ann).evaluateAll((all) => all.map((a) => a.dataset.hit))).size, 60);
});

for (const [scheme, size, kind] of [
  ['light', DESK, 'desk'],
  ['dark', DESK, 'desk'],
  ['light', PHONE, 'phone'],
  ['dark', PHONE, 'phone'],
]) {
  test(`looks: ${kind}, ${scheme}`, { timeout: 240_000 }, async () => {
    const ann = await enter(browser, server.url, { size, scheme, touch: kind === 'phone', name: 'Ann' });
    await input(ann).fill('The roses are out, and so are the bees');
    await ann.getByRole('button', { name: 'Send' }).click();
    await kept(ann, 'The roses are out, and so are the bees');
    const look = async (name) => {
      await shot(ann, `search-${kind}-${scheme}-${name}`);
      assert.deepEqual(await violations(ann), [], name);
    };
    await ann.goto(`${server.url}search`);
    await ann.getByRole('heading', { name: 'Find anything that was said' }).waitFor();
    await look('before');
    await field(ann).fill('roses from:Ann ');
    await until(async () => (await hits(ann).count()) === 1, 'found');
    await look('found');
    await field(ann).fill('nothing of that kind');
    await ann.getByRole('heading', { name: 'Nothing found' }).waitFor();
    await look('none');
    assert.deepEqual(ann.wrong, []);
  });
}
