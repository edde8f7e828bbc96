// Several rooms, and what can be done with a message, as two people see it.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import {
  act,
  becomes,
  createRoom,
  edit,
  enter,
  input,
  inside,
  joinRoom,
  kept,
  launch,
  leaveAll,
  message,
  inMenu,
  notices,
  openMenu,
  react,
  reactions,
  rows,
  say,
  screen,
  Server,
  until,
  visit,
} from './support.mjs';

let server;
let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());
beforeEach(async () => {
  server = await new Server().start();
});
afterEach(async () => {
  await leaveAll();
  await server?.end();
});

const two = () => Promise.all(['Ann', 'Bob'].map((name) => enter(browser, server.url, { name })));
const link = (page, name) => page.locator(`[data-room=${JSON.stringify(name)}]`);

test('two rooms: what is said in one stays there, is counted in the other, and read marks are shared', { timeout: 120_000 }, async () => {
  const [ann, bob] = await two();
  await createRoom(ann, 'Garden');
  await say(ann, 'roses');
  await joinRoom(bob, 'Garden');
  await message(bob, 'roses').waitFor();
  await until(async () => /Bob joined/.test((await notices(ann).allInnerTexts()).join()), 'Ann sees him come');
  await input(bob).fill('a draft for the garden');
  await visit(bob, 'Lobby');
  await becomes(() => input(bob).inputValue(), '', 'no draft for the lobby');
  await say(bob, 'hello lobby');
  for (const text of ['one', 'two', 'three']) await say(ann, text);
  await until(async () => /3 unread/.test(await link(bob, 'Garden').innerText()), 'three are unread');
  await until(async () => (await bob.title()).startsWith('(3)'), 'three in the title');
  assert.equal(await message(bob, 'one').count(), 0);
  await until(async () => /1 unread/.test(await link(ann, 'Lobby').innerText()), 'one is unread for Ann');
  await message(ann, 'three').waitFor();
  assert.equal(await message(ann, 'hello lobby').count(), 0);

  // A second tab of the same person: reading there is reading here.
  const tab = await bob.context().newPage();
  await tab.goto(server.url);
  await inside(tab);
  await until(async () => /3 unread/.test(await link(tab, 'Garden').innerText()), 'unread in the other tab, too');
  await visit(bob, 'Garden');
  await becomes(() => input(bob).inputValue(), 'a draft for the garden', 'the draft for the garden');
  await message(bob, 'three').waitFor();
  await until(async () => !/unread/.test(await link(tab, 'Garden').innerText()), 'read in the other tab, too');
  await until(async () => !/unread/.test(await link(bob, 'Garden').innerText()), 'read');

  // The address leads back into the room.
  await bob.reload();
  await message(bob, 'three').waitFor();
  await bob.locator('[data-title]').getByText('Garden', { exact: true }).waitFor();
  await bob.goBack();
  await bob.locator('[data-title]').getByText('Lobby').waitFor();
  assert.deepEqual([ann.wrong, bob.wrong], [[], []]);
});

test('a topic, leaving, and an address of a room that one is not in', { timeout: 120_000 }, async () => {
  const [ann, bob] = await two();
  await createRoom(ann, 'Attic');
  await joinRoom(bob, 'Attic');
  await ann.getByRole('button', { name: 'About this room: Attic' }).click();
  await ann.getByLabel('What this room is about').fill('Old things');
  await ann.getByRole('button', { name: 'Save' }).click();
  await bob.locator('[data-topic]').getByText('Old things').waitFor();
  await ann.getByRole('button', { name: 'Close' }).click();
  const address = bob.url();
  await bob.getByRole('button', { name: 'About this room: Attic' }).click();
  await bob.getByRole('button', { name: 'Leave this room' }).click();
  await bob.getByRole('button', { name: 'Leave', exact: true }).click();
  await bob.locator('[data-title]').getByText('Lobby').waitFor();
  await link(bob, 'Attic').waitFor({ state: 'detached' });
  await until(async () => /Bob left/.test((await notices(ann).allInnerTexts()).join()), 'Ann sees him go');
  await bob.goto(address);
  await bob.getByRole('heading', { name: 'You are not in this room' }).waitFor();
  await bob.getByRole('button', { name: 'Join', exact: true }).click();
  await bob.locator('[data-title]').getByText('Attic').waitFor();
  assert.deepEqual([ann.wrong, bob.wrong], [[], []]);
});

test('edited, deleted, reacted to, answered, pinned: seen on the other screen, and on a third one that comes later', { timeout: 120_000 }, async () => {
  const [ann, bob] = await two();
  for (const text of ['helo', 'oops', 'good news']) await say(ann, text);
  await message(bob, 'good news').waitFor();

  await kept(ann, 'good news');
  await input(ann).press('ArrowUp');
  await becomes(() => input(ann).inputValue(), 'good news', 'the last message is in the field');
  await input(ann).press('Escape');
  await becomes(() => input(ann).inputValue(), '', 'and is not any more');
  await edit(ann, 'helo', 'hello');
  await message(bob, 'hello').getByText('edited').waitFor();
  assert.equal(await message(bob, 'helo').count(), 0);

  await act(ann, 'oops', 'Delete');
  await ann.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await bob.getByText('This message was deleted').waitFor();
  assert.equal(await message(bob, 'oops').count(), 0);

  await react(bob, 'good news', '🎉');
  await until(async () => (await reactions(ann, 'good news')) === '🎉1', 'Ann sees it');
  await message(ann, 'good news').locator('[data-reaction]').click();
  await until(async () => (await reactions(bob, 'good news')) === '🎉2', 'Bob sees hers');
  await message(bob, 'good news').locator('[data-reaction]').click();
  await until(async () => (await reactions(ann, 'good news')) === '🎉1', 'and his is taken back');

  await act(bob, 'good news', 'Reply');
  await say(bob, 'indeed');
  await message(ann, 'indeed').locator('[data-quote]').getByText('good news').waitFor();
  await act(bob, 'hello', 'Pin');
  await message(ann, 'hello').getByText('Pinned').waitFor();
  await until(async () => /Bob pinned a message/.test((await notices(ann).allInnerTexts()).join()), 'it is told');
  // Nobody can do to others' messages what is the author's to do.
  await openMenu(bob, 'hello');
  assert.deepEqual((await inMenu(bob, '.*').allInnerTexts()).filter((t) => /Edit|Delete|pin/.test(t)), ['Unpin']);
  await bob.keyboard.press('Escape');

  const eve = await enter(browser, server.url, { name: 'Eve' });
  await message(eve, 'indeed').waitFor();
  const all = ['hello (edited)', 'This message was deleted', 'good news | 🎉1', 'Anngood news | indeed'];
  for (const [page, who] of [[ann, 'Ann'], [bob, 'Bob'], [eve, 'Eve']]) await becomes(() => screen(page), all, `${who}'s screen`);
  assert.equal(await rows(eve).count(), 4);
  assert.deepEqual([ann.wrong, bob.wrong, eve.wrong], [[], [], []]);
});

test('an answer leads to its original, however far back', { timeout: 120_000 }, async () => {
  const [ann, bob] = await two();
  await say(ann, 'the very first');
  await message(bob, 'the very first').waitFor();
  await act(bob, 'the very first', 'Reply');
  await input(bob).fill('kept for later');
  for (let i = 0; i < 25; i++) await say(ann, `line ${i}\n\n\n\n`.trim() + '\nmore\nand more');
  // All of them are there before the answer is given, and before the page that said them goes.
  await screen(ann);
  await rows(bob).filter({ hasText: 'line 24' }).waitFor();
  await input(bob).press('Enter');
  await message(ann, 'kept for later').waitFor();
  await ann.reload();
  const quote = message(ann, 'kept for later').locator('[data-quote]');
  await quote.getByText('the very first').waitFor();
  const original = message(ann, 'the very first').first();
  await until(() => original.evaluate((e) => e.getBoundingClientRect().bottom <= 0), 'far above');
  await quote.click();
  await until(() => original.evaluate((e) => e.getBoundingClientRect().top > 60), 'on the screen');
  await ann.getByRole('button', { name: /newest/ }).click();
  await until(() => quote.evaluate((e) => e.getBoundingClientRect().bottom < innerHeight), 'back');
});

test('who types is shown on the other screen, until it is said', { timeout: 120_000 }, async () => {
  const [ann, bob] = await two();
  await input(ann).pressSequentially('hel');
  await bob.getByText('Ann is typing…').waitFor();
  await say(ann, 'hello');
  await message(bob, 'hello').waitFor();
  await until(async () => (await bob.getByText('is typing').count()) === 0, 'not any more');
});
