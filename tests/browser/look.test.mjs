// Both sizes in both colour schemes: screenshots for people's eyes, and axe, which must find nothing.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import {
  act,
  banner,
  chooseMine,
  createRoom,
  DESK,
  enter,
  input,
  joinRoom,
  kept,
  launch,
  leaveAll,
  message,
  PHONE,
  pointAt,
  react,
  rename,
  say,
  Server,
  shot,
  tutorialClient,
  until,
  violations,
  visit,
} from './support.mjs';

let server;
let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());
// One each: the last thing that is looked at is how the page bears the loss of its server.
beforeEach(async () => {
  server = await new Server().start();
});
afterEach(async () => {
  await leaveAll();
  await server.end();
});

const still = (page) => page.evaluate(() => Promise.allSettled(document.getAnimations().map((a) => a.finished)).then(() => true));

async function check(page, name) {
  await still(page);
  await shot(page, name);
  assert.deepEqual(await violations(page), [], name);
  const width = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(width <= 0, `${name} is ${width} px too wide`);
  const box = await page.locator('main button[type=submit]').boundingBox();
  const size = page.viewportSize();
  assert.ok(box.x >= 0 && box.x + box.width <= size.width && box.y + box.height <= size.height, 'Send is on the screen');
  assert.deepEqual(page.wrong, [], name);
}

async function talk(ann, bob) {
  const visitor = await tutorialClient(server.url);
  await say(bob, 'Morning! Has anybody looked at the new build yet?');
  await message(ann, /new build yet/).waitFor();
  await act(ann, 'Morning! Has anybody looked at the new build yet?', 'Reply');
  await input(ann).fill('Yes, since eight. Two windows, a phone and the tutorial page: all show the same, in the same order.');
  await ann.getByRole('button', { name: 'Send' }).click();
  await message(bob, /since eight/).waitFor();
  await say(bob, 'The notes are at https://example.org/notes/(2024), section 3.');
  visitor.send('hello from the tutorial');
  await message(bob, 'hello from the tutorial').waitFor();
  await say(bob, 'Two things for today:\n  1. backups before noon\n  2. write to the people next dor');
  await kept(bob, /next dor/);
  await input(bob).press('ArrowUp');
  await until(async () => /next dor/.test(await input(bob).inputValue()), 'the last message is in the field');
  await input(bob).fill('Two things for today:\n  1. backups before noon\n  2. write to the people next door');
  await input(bob).press('Enter');
  await message(ann, /next door/).waitFor();
  await say(bob, 'مرحبا بالجميع');
  await message(ann, 'مرحبا بالجميع').waitFor();
  for (const [page, emoji] of [[ann, '👍'], [bob, '👍'], [bob, '🎉']]) await react(page, /since eight/, emoji);
  await react(ann, 'مرحبا بالجميع', '❤️');
  await act(bob, /notes are at/, 'Pin');
  await message(ann, /notes are at/).getByText('Pinned').waitFor();
  visitor.close();
}

/** Rooms beside the lobby, with something unread in one of them. */
async function moreRooms(ann, bob) {
  await createRoom(bob, 'A room with a name that is rather long');
  await createRoom(bob, 'Garden');
  for (const name of ['Garden', 'A room with a name that is rather long']) await joinRoom(ann, name);
  await visit(ann, 'Lobby');
  for (const text of ['The roses are out', 'and so are the bees']) await say(bob, text);
  await visit(bob, 'Lobby');
  await ann.getByRole('button', { name: 'About this room: Lobby' }).click();
  await ann.getByLabel('What this room is about').fill('Where everybody is');
  await ann.getByRole('button', { name: 'Save' }).click();
  await ann.getByText('Saved.').waitFor();
  await ann.getByRole('button', { name: 'Close' }).click();
  await ann.getByRole('dialog').waitFor({ state: 'detached' });
}

/** Everything that can be pressed is large enough for a finger. */
async function fingers(page) {
  const small = await page.evaluate(() =>
    [...document.querySelectorAll('button, nav a')]
      .filter((b) => b.checkVisibility())
      .map((b) => [b.getAttribute('aria-label') ?? b.textContent, b.offsetWidth, b.offsetHeight])
      .filter(([, w, h]) => w < 44 || h < 44),
  );
  assert.deepEqual(small, [], 'large enough for a finger');
}

for (const [scheme, size, kind] of [
  ['light', DESK, 'desk'],
  ['dark', DESK, 'desk'],
  ['light', PHONE, 'phone'],
  ['dark', PHONE, 'phone'],
]) {
  describe(`${kind}, ${scheme}`, { timeout: 120_000 }, () => {
    test('empty, talking, naming, who is here, failing', async () => {
      const touch = kind === 'phone';
      const ann = await enter(browser, server.url, { size, scheme, touch, name: 'Ann', refuse: 'refused' });
      await check(ann, `${kind}-${scheme}-empty`);

      const bob = await enter(browser, server.url, { name: 'Bob' });
      await moreRooms(ann, bob);
      await talk(ann, bob);
      await input(ann).fill('Shall we');
      await bob.getByText('Ann is typing…').waitFor();
      await input(bob).pressSequentially('so');
      await ann.getByText('Bob is typing…').waitFor();
      await ann.mouse.move(0, 0);
      await check(ann, `${kind}-${scheme}-talk`);

      if (touch) await message(ann, /since eight/).locator('[dir]').first().tap();
      else await pointAt(ann, /since eight/);
      await message(ann, /since eight/).getByRole('toolbar').waitFor();
      await check(ann, `${kind}-${scheme}-actions`);
      if (touch) await fingers(ann);
      await act(ann, /since eight/, 'Edit');
      await check(ann, `${kind}-${scheme}-edit`);
      await input(ann).press('Escape');
      await act(ann, /since eight/, 'Delete');
      await check(ann, `${kind}-${scheme}-delete`);
      await ann.getByRole('button', { name: 'Cancel' }).click();
      await ann.getByRole('dialog').waitFor({ state: 'detached' });

      if (touch) {
        await ann.getByRole('banner').getByRole('button', { name: /^Rooms/ }).click();
        await ann.getByRole('dialog').getByText('Garden').waitFor();
        await check(ann, `${kind}-${scheme}-rooms`);
        await fingers(ann);
        await ann.getByRole('button', { name: 'Create or join a room' }).locator('visible=true').click();
      } else await ann.getByRole('button', { name: 'Create or join a room' }).click();
      await ann.getByRole('button', { name: 'Open Garden' }).waitFor();
      await check(ann, `${kind}-${scheme}-join`);
      await ann.getByRole('button', { name: 'Close' }).click();
      await ann.getByRole('dialog').waitFor({ state: 'detached' });

      await chooseMine(ann, 'Change your name');
      await ann.getByRole('dialog', { name: 'What should people call you?' }).waitFor();
      await check(ann, `${kind}-${scheme}-name`);
      await ann.getByRole('button', { name: 'Cancel' }).click();
      await ann.getByRole('dialog').waitFor({ state: 'detached' });

      const people = ann.getByRole('button', { name: /^Who is here/ });
      assert.equal(await ann.getByRole('complementary').isVisible(), !touch);
      if (touch) {
        await people.click();
        await ann.getByRole('dialog').getByText('Bob').waitFor();
        await check(ann, `${kind}-${scheme}-people`);
        await ann.getByRole('button', { name: 'Close' }).click();
        await ann.getByRole('dialog').waitFor({ state: 'detached' });
      }

      // What is hard on a layout: a long name, a word without an end, marks upon marks, and a message that failed.
      await rename(bob, 'W'.repeat(40));
      await say(bob, 'x'.repeat(300));
      await say(bob, `z${'\u0334\u0358\u0321'.repeat(40)} zalgo`);
      await message(ann, /zalgo/).waitFor();
      await input(ann).fill('refused');
      await ann.getByRole('button', { name: 'Send' }).click();
      await ann.getByText('Not sent: you are not in this room').waitFor();
      await check(ann, `${kind}-${scheme}-hard`);

      if (touch) await fingers(ann);

      await ann.getByRole('button', { name: 'Delete' }).click();
      await message(ann, 'refused').waitFor({ state: 'detached' });
      await input(ann).fill('Shall we');

      await bob.context().close();
      await server.kill();
      await ann.getByRole('button', { name: 'Send' }).click();
      await banner(ann).waitFor();
      await ann.getByText('Waiting for the connection…').waitFor();
      await check(ann, `${kind}-${scheme}-away`);
    });
  });
}
