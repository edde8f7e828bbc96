// Several rooms, and what can be done with a message, as two people see it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  act,
  becomes,
  createRoom,
  DESK,
  edit,
  enter,
  inMenu,
  input,
  inside,
  joinRoom,
  kept,
  message,
  named,
  notices,
  oneForEach,
  openMenu,
  opens,
  PHONE,
  react,
  reactions,
  rename,
  rows,
  say,
  screen,
  shot,
  until,
  violations,
  visit,
} from './support.mjs';

const { server, browser } = oneForEach();

const two = () => Promise.all(['Ann', 'Bob'].map((name) => enter(browser, server.url, { name })));
const link = (page, name) => page.locator(`[data-room=${JSON.stringify(name)}]`);

test('two rooms: what is said in one stays there, is counted in the other, and read marks are shared', { timeout: 240_000 }, async () => {
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
  await becomes(() => message(bob, 'one').count(), 0);
  await until(async () => /1 unread/.test(await link(ann, 'Lobby').innerText()), 'one is unread for Ann');
  await message(ann, 'three').waitFor();
  await becomes(() => message(ann, 'hello lobby').count(), 0);

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

test('a topic, leaving, and an address of a room that one is not in', { timeout: 240_000 }, async () => {
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

test('edited, deleted, reacted to, answered, pinned: seen on the other screen, and on a third one that comes later', { timeout: 240_000 }, async () => {
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
  await becomes(() => message(bob, 'helo').count(), 0);

  await act(ann, 'oops', 'Delete');
  await ann.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await bob.getByText('This message was deleted').waitFor();
  await becomes(() => message(bob, 'oops').count(), 0);

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
  await message(bob, 'hello').getByText('Pinned').waitFor();
  // Nobody can do to others' messages what is the author's to do.
  await openMenu(bob, 'hello');
  await becomes(async () => (await inMenu(bob, '.*').allInnerTexts()).filter((t) => /Edit|Delete|pin/.test(t)), ['Unpin'], 'only that');
  await bob.keyboard.press('Escape');

  const eve = await enter(browser, server.url, { name: 'Eve' });
  await message(eve, 'indeed').waitFor();
  const all = ['hello (edited)', 'This message was deleted', 'good news | 🎉1', 'Anngood news | indeed'];
  for (const [page, who] of [[ann, 'Ann'], [bob, 'Bob'], [eve, 'Eve']]) await becomes(() => screen(page), all, `${who}'s screen`);
  await becomes(() => rows(eve).count(), 4);
  assert.deepEqual([ann.wrong, bob.wrong, eve.wrong], [[], [], []]);
});

test('an answer leads to its original, however far back', { timeout: 240_000 }, async () => {
  const [ann, bob] = await two();
  await say(ann, 'the very first');
  await message(bob, 'the very first').waitFor();
  await act(bob, 'the very first', 'Reply');
  await input(bob).fill('kept for later');
  for (let i = 0; i < 25; i++) await say(ann, `line ${i}\n\n\n\n`.trim() + '\nmore\nand more');
  // All of them are there before the answer is given, and before the page that said them goes.
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

test('who types is shown on the other screen, until it is said', { timeout: 240_000 }, async () => {
  const [ann, bob] = await two();
  await input(ann).pressSequentially('hel');
  await bob.getByText('Ann is typing…').waitFor();
  await say(ann, 'hello');
  await message(bob, 'hello').waitFor();
  await until(async () => (await bob.getByText('is typing').count()) === 0, 'not any more');
});

test('a guest is here at once, is asked for a name, and has it everywhere', { timeout: 240_000 }, async () => {
  const bob = await enter(browser, server.url, { name: 'Bob' });
  const guest = await enter(browser, server.url);
  const card = guest.getByRole('region', { name: /^Welcome! You are Guest \d+/ });
  await card.waitFor();
  // It stands in nobody's way.
  await say(guest, 'hello before I have a name');
  await kept(guest, 'hello before I have a name');
  await card.getByLabel('A new name').fill('Bob');
  await card.getByRole('button', { name: 'That is me' }).click();
  await guest.getByText('so you are “Bob 2” now').waitFor();
  await named(guest, 'Bob 2');
  await card.waitFor({ state: 'detached' });
  await rename(guest, 'Carla');
  await bob.locator('aside [data-person="Carla"]').waitFor();
  const shy = await enter(browser, server.url);
  await shy.getByRole('button', { name: 'Not now' }).click();
  await shy.reload();
  await inside(shy);
  await becomes(() => shy.getByRole('button', { name: 'Not now' }).count(), 0);
  assert.deepEqual([bob.wrong, guest.wrong, shy.wrong], [[], [], []]);
});

test('two people write to each other where nobody else reads, and both devices of one agree', { timeout: 240_000 }, async () => {
  const [ann, bob] = await two();
  await ann.locator('aside [data-person="Bob"]').click();
  const card = ann.getByRole('dialog', { name: 'Bob' });
  await card.getByText('active').waitFor();
  await card.getByRole('button', { name: 'Write directly' }).click();
  await ann.locator('[data-title]').getByText('Bob', { exact: true }).waitFor();
  await say(ann, 'just for you');
  await link(bob, 'Ann').waitFor();
  await until(async () => (await link(bob, 'Ann').locator('[data-count]').innerText()) === '1', 'one for Bob');
  const phone = await bob.context().newPage();
  await phone.goto(server.url);
  await inside(phone);
  await until(async () => (await link(phone, 'Ann').locator('[data-count]').innerText()) === '1', 'and on his other device');
  await visit(bob, 'Ann');
  await message(bob, 'just for you').waitFor();
  await until(async () => (await link(phone, 'Ann').locator('[data-count]').count()) === 0, 'read on both');
  // The same people, the same room.
  await visit(ann, 'Lobby');
  await ann.getByRole('button', { name: 'Write to somebody directly' }).click();
  const dialog = ann.getByRole('dialog', { name: 'Write directly' });
  await dialog.getByRole('combobox', { name: 'To' }).fill('bo');
  await dialog.getByRole('option', { name: 'Bob' }).waitFor();
  await dialog.getByRole('combobox', { name: 'To' }).press('Enter');
  await dialog.getByRole('button', { name: 'Write', exact: true }).click();
  await message(ann, 'just for you').waitFor();
  await becomes(() => link(ann, 'Bob').count(), 1);
  assert.deepEqual([ann.wrong, bob.wrong], [[], []]);
});

test('who is taken out of a room sees it go, with who and why', { timeout: 240_000 }, async () => {
  const [ann, bob] = await two();
  await createRoom(ann, 'Attic');
  await joinRoom(bob, 'Attic');
  await ann.getByRole('button', { name: 'About this room: Attic' }).click();
  await ann.getByRole('tab', { name: 'Members' }).click();
  await ann.getByRole('button', { name: 'What to do with Bob' }).click();
  await ann.getByRole('menuitem', { name: 'Remove from the room' }).click();
  await ann.getByLabel('Reason (optional)').fill('a bit loud');
  await ann.getByRole('button', { name: 'Remove', exact: true }).click();
  await bob.getByRole('heading', { name: 'You are not in Attic any more' }).waitFor();
  await bob.getByText('Ann took you out of it: “a bit loud”').waitFor();
  await becomes(() => link(bob, 'Attic').count(), 0);
  await ann.getByRole('button', { name: 'What to do with Bob' }).waitFor({ state: 'detached' });
  await bob.getByRole('link', { name: 'To the lobby' }).click();
  await bob.locator('[data-title]').getByText('Lobby').waitFor();
  assert.deepEqual([ann.wrong, bob.wrong], [[], []]);
});

test('a few letters and Enter lead to a room, to a person, and to the search', { timeout: 240_000 }, async () => {
  const [ann, bob] = await two();
  for (const name of ['Garden', 'Old garden', 'Kitchen']) await createRoom(ann, name);
  await joinRoom(bob, 'Kitchen');
  await visit(ann, 'Lobby');
  const box = ann.getByRole('combobox', { name: 'Find a room or a person' });
  const chosen = () => ann.locator('[role=option][aria-selected=true]').innerText();
  await opens(ann, 'Control+k', box);
  await ann.keyboard.type('gar');
  await until(async () => (await chosen()) === 'Garden', 'the best is chosen');
  await ann.keyboard.press('ArrowDown');
  await until(async () => (await chosen()) === 'Old garden', 'then the next');
  await ann.keyboard.press('Enter');
  await ann.locator('[data-title]').getByText('Old garden').waitFor();
  await box.waitFor({ state: 'detached' });
  // What is unread is offered first, before anything is typed.
  await say(bob, 'soup is ready');
  await until(async () => /1 unread/.test(await link(ann, 'Kitchen').innerText()), 'unread');
  await opens(ann, 'Control+k', box);
  await until(async () => (await chosen()).startsWith('Kitchen'), 'unread first');
  await ann.keyboard.type('bob');
  await until(async () => (await chosen()).startsWith('Bob'), 'people, too');
  await ann.keyboard.press('Enter');
  await ann.locator('[data-title]').getByText('Bob').waitFor();
  await box.waitFor({ state: 'detached' });
  await opens(ann, 'Control+k', box);
  await ann.keyboard.type('soup');
  await until(async () => (await chosen()).startsWith('Search for “soup”'), 'or what was said');
  await ann.keyboard.press('Enter');
  await until(() => ann.url().endsWith('/search?q=soup'), 'searched');
  assert.deepEqual([ann.wrong, bob.wrong], [[], []]);
});

test('favourites, order, folding, muting and pins stay as one has set them', { timeout: 240_000 }, async () => {
  const [ann, bob] = await two();
  await createRoom(ann, 'Attic');
  await createRoom(ann, 'Garden');
  const order = () => ann.locator('nav [data-room]').evaluateAll((all) => all.map((a) => a.dataset.room).join(' '));
  await link(ann, 'Garden').click({ button: 'right' });
  await ann.getByRole('menuitem', { name: 'Add to favourites' }).click();
  await until(async () => (await order()) === 'Garden Lobby Attic', 'the favourite stands first');
  await link(ann, 'Attic').click({ button: 'right' });
  await ann.getByRole('menuitemradio', { name: 'Mute' }).click();
  await until(async () => /muted/.test(await link(ann, 'Attic').innerText()), 'muted');
  await link(ann, 'Lobby').focus();
  await ann.keyboard.press('ArrowDown');
  await becomes(() => ann.evaluate(() => document.activeElement.dataset.room), 'Attic', 'the next one');
  await ann.reload();
  await inside(ann);
  await until(async () => (await order()) === 'Garden Lobby Attic' && /muted/.test(await link(ann, 'Attic').innerText()), 'after a reload, too');

  await visit(ann, 'Garden');
  await joinRoom(bob, 'Garden');
  await say(bob, 'water on Mondays');
  await act(ann, 'water on Mondays', 'Pin');
  await ann.getByRole('button', { name: '1 pinned message' }).click();
  await ann.getByRole('list', { name: 'Pinned messages' }).getByText('water on Mondays').waitFor();
  await ann.getByRole('link', { name: 'Jump to it' }).click();
  await until(() => /\/r\/\w+\/\d+$/.test(ann.url()), 'at the message');
  await bob.getByRole('button', { name: '1 pinned message' }).click();
  await bob.getByRole('button', { name: 'Unpin' }).click();
  await bob.getByRole('heading', { name: 'Nothing is pinned here' }).waitFor();
  await ann.getByRole('button', { name: '1 pinned message' }).waitFor({ state: 'detached' });
  assert.deepEqual([ann.wrong, bob.wrong], [[], []]);
});

test('hosts settle a room: its name, its kind, slow mode; archived it can only be read', { timeout: 240_000 }, async () => {
  const [ann, bob] = await two();
  await createRoom(ann, 'Attic');
  await joinRoom(bob, 'Attic');
  await ann.getByRole('button', { name: 'About this room: Attic' }).click();
  await ann.getByRole('tab', { name: 'Settings' }).click();
  await ann.getByLabel('Name', { exact: true }).fill('Loft');
  await ann.getByRole('button', { name: 'Save name' }).click();
  await bob.locator('[data-title]').getByText('Loft').waitFor();
  await ann.getByLabel('Slow mode').selectOption({ label: '5 minutes' });
  await bob.getByRole('button', { name: 'About this room: Loft' }).click();
  await bob.getByText('one message every 300 seconds').waitFor();
  await becomes(() => bob.getByRole('tab', { name: 'Settings' }).count(), 0);
  // It shows what the server says, and so is on only when the answer is there.
  await ann.getByLabel('Archived').click();
  await bob.getByText('This room is archived').first().waitFor();
  assert.deepEqual([ann.wrong, bob.wrong], [[], []]);
});

for (const [scheme, size, kind] of [
  ['light', DESK, 'desk'],
  ['dark', DESK, 'desk'],
  ['light', PHONE, 'phone'],
  ['dark', PHONE, 'phone'],
]) {
  test(`looks: ${kind}, ${scheme}`, { timeout: 360_000 }, async () => {
    const touch = kind === 'phone';
    const bob = await enter(browser, server.url, { name: 'Bob' });
    await createRoom(bob, 'Garden');
    const ann = await enter(browser, server.url, { size, scheme, touch });
    const look = async (name) => {
      await ann.evaluate(() => Promise.allSettled(document.getAnimations().map((a) => a.finished)).then(() => true));
      await shot(ann, `rooms-${kind}-${scheme}-${name}`);
      assert.deepEqual(await violations(ann), [], name);
      const width = await ann.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(width <= 0, `${name} is ${width} px too wide`);
    };
    const close = async () => {
      await ann.keyboard.press('Escape');
      await ann.getByRole('dialog').waitFor({ state: 'detached' });
    };
    const side = () => (touch ? ann.getByRole('banner').getByRole('button', { name: /^Rooms/ }).click() : null);
    await ann.getByRole('region', { name: /^Welcome!/ }).waitFor();
    await look('first');
    await ann.getByRole('button', { name: 'Not now' }).click();
    await createRoom(ann, 'Kitchen');

    for (const tab of ['About', 'Members', 'Pinned', 'Notifications', 'Settings']) {
      await ann.getByRole('button', { name: /^About this room/ }).click();
      await ann.getByRole('tab', { name: tab }).click();
      if (tab === 'Members') await ann.getByRole('button', { name: /^What to do with/ }).first().waitFor();
      await look(tab.toLowerCase());
      await close();
    }
    await side();
    await ann.getByRole('button', { name: 'Create or join a room' }).locator('visible=true').click();
    await ann.getByRole('button', { name: 'Join Garden' }).waitFor();
    await look('browse');
    await ann.getByRole('button', { name: 'New room' }).click();
    await ann.getByRole('option', { name: 'Bob' }).waitFor();
    await look('create');
    await close();
    await side();
    await ann.getByRole('button', { name: 'Write to somebody directly' }).locator('visible=true').click();
    await ann.getByRole('option', { name: 'Bob' }).click();
    await look('direct');
    await close();
    await side();
    await ann.getByRole('button', { name: 'Find or jump…' }).locator('visible=true').click();
    await ann.getByRole('combobox').fill('a');
    await look('switcher');
    await close();
    await visit(ann, 'Lobby');
    if (touch) await ann.getByRole('button', { name: /^Who is here/ }).click();
    await ann.locator('[data-person="Bob"]').locator('visible=true').click();
    await ann.getByRole('dialog', { name: 'Bob' }).waitFor();
    await look('profile');
    await close();
    await ann.getByRole('button', { name: 'More about this room' }).click();
    await ann.getByRole('menu').waitFor();
    await look('menu');
    assert.deepEqual(ann.wrong, []);
  });
}

test('who is here stands beside the talk or slides in over it, and the button says which, also when the window changes', { timeout: 240_000 }, async () => {
  const ann = await enter(browser, server.url);
  const button = ann.getByRole('button', { name: /^Who is here/ });
  const says = async () => [await button.getAttribute('aria-expanded'), await button.getAttribute('aria-haspopup')];
  await becomes(says, ['true', null], 'beside the talk');
  await ann.setViewportSize(PHONE);
  await becomes(says, [null, 'dialog'], 'to be opened');
  await ann.setViewportSize(DESK);
  await becomes(says, ['true', null], 'beside the talk again');
  await button.click();
  await becomes(says, ['false', null], 'put away');
});

test('on a phone the way back closes what slid in', { timeout: 240_000 }, async () => {
  const ann = await enter(browser, server.url, { size: PHONE, touch: true });
  const menu = ann.getByRole('banner').getByRole('button', { name: /^Rooms/ });
  await menu.click();
  await ann.getByRole('dialog').waitFor();
  await ann.goBack();
  await ann.getByRole('dialog').waitFor({ state: 'detached' });
  await ann.locator('[data-title]').getByText('Lobby').waitFor();
  await createRoom(ann, 'Attic');
  await visit(ann, 'Lobby');
  await ann.goBack();
  await ann.locator('[data-title]').getByText('Attic').waitFor();
  assert.deepEqual(ann.wrong, []);
});
