// Both sizes in both colour schemes: screenshots for people's eyes, and axe, which must find nothing. First a talk as it goes
// on, then every other screen of the program, opened once in each size; and on a large screen what is laid out by its width.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { ownersLink, PASSWORD, settle } from './community.mjs';
import {
  act,
  banner,
  becomes,
  chooseMine,
  createRoom,
  DESK,
  enter,
  hasFocus,
  inMenu,
  input,
  inside,
  joinRoom,
  kept,
  message,
  oneForEach,
  opens,
  PHONE,
  pointAt,
  react,
  rename,
  say,
  Server,
  shot,
  signIn,
  signUp,
  until,
  violations,
  visit,
} from './support.mjs';
import { tutorialClient } from './wire.mjs';

const WIDE = { width: 1920, height: 1080 };

// The last thing that is looked at is how the page bears the loss of its server.
const { server, browser } = oneForEach();

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
  describe(`${kind}, ${scheme}`, { timeout: 240_000 }, () => {
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
      await becomes(() => ann.getByRole('complementary').isVisible(), !touch, 'beside the talk, where there is room');
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

/** What would be lost on a large screen, or run from one edge of it to the other. */
const BROAD = new Set(['settings-profile', 'settings-appearance', 'admin-state', 'admin-people', 'search', 'room-quiet', 'nowhere', 'welcome', 'join']);

/** The talk and where one writes have the same edges, and no line runs on and on. */
async function column(page) {
  const found = await page.evaluate(() => {
    const box = (e) => e.getBoundingClientRect();
    const row = document.querySelector('[data-message]');
    const style = getComputedStyle(row);
    const field = box(document.querySelector('[data-composer]').parentElement);
    return {
      talk: [box(row).left + Number.parseFloat(style.paddingLeft), box(row).right - Number.parseFloat(style.paddingRight)].map(Math.round),
      field: [field.left, field.right].map(Math.round),
      // In letters, as it were: emoji alone are large.
      longest: Math.max(...[...document.querySelectorAll('[data-message] p[dir]')].map((p) => box(p).width / Number.parseFloat(getComputedStyle(p).fontSize))),
    };
  });
  assert.deepEqual(found.field, found.talk);
  assert.ok(found.longest < 55, `a line is ${found.longest} em long`);
}

describe('every screen', { timeout: 600_000 }, () => {
  let ours;
  let windows;
  let found;
  beforeEach(async () => {
    ours = await new Server('--signup', 'open', '--guests', 'on').start();
    const desk = await enter(browser, ours.url);
    await desk.goto(await ownersLink(ours));
    await desk.getByText('makes you the owner').waitFor();
    await signUp(desk, 'Olga', PASSWORD);
    await desk.getByRole('heading', { name: 'A name for your community' }).waitFor();
    const { id } = await desk.evaluate(async () => (await fetch('/api/v1/me')).json());
    const phone = await enter(browser, ours.url, { size: PHONE, touch: true });
    // Whoever the second window was before is nobody that one should see.
    await phone.evaluate(() => fetch('/api/v1/me/leave', { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${localStorage.getItem('hubbub.token')}` }, body: '{}' }));
    await phone.goto(`${ours.url}join`);
    await signIn(phone, 'Olga', PASSWORD);
    await inside(phone);
    found = await settle(ours, desk, { id, name: 'Olga' });
    await desk.evaluate((room) => fetch(`/api/v1/rooms/${room}/join`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }), found.rooms.garden);
    windows = { desk, phone };
  });
  afterEach(() => ours.end());

  /** Takes both schemes of what is open, each without a violation and no wider than the screen. */
  async function both(name) {
    for (const [kind, page] of Object.entries(windows)) {
      for (const scheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme: scheme });
        await look(page, `${kind}-${scheme}-${name}`);
      }
    }
  }

  /** The same on a large screen. */
  async function wide(name) {
    const { desk } = windows;
    await desk.setViewportSize(WIDE);
    for (const scheme of ['light', 'dark']) {
      await desk.emulateMedia({ colorScheme: scheme });
      await look(desk, `wide-${scheme}-${name}`);
    }
    await desk.setViewportSize(DESK);
  }

  async function look(page, name) {
    await still(page);
    await shot(page, name);
    assert.deepEqual(await violations(page), [], name);
    const width = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(width <= 0, `${name} is ${width} px too wide`);
    const hidden = await page.evaluate(() => [...document.querySelectorAll('dialog[open]')].map((d) => d.scrollHeight - d.clientHeight).filter((y) => y > 1));
    assert.deepEqual(hidden, [], `${name}: what does not fit is scrolled to`);
    // A room that one is not in is asked for, and refused: a browser logs that.
    assert.deepEqual(page.wrong.filter((text) => !/status of 404/.test(text)), [], name);
  }

  const everywhere = async (open) => {
    for (const [kind, page] of Object.entries(windows)) await open(page, kind === 'phone');
  };

  async function visitPage(path, name, sign) {
    await everywhere(async (page) => {
      await page.goto(ours.url + path);
      await sign(page).first().waitFor();
    });
    await both(name);
    if (BROAD.has(name)) await wide(name);
  }

  /** A dialog over the lobby, opened by a press; closed again. */
  async function dialog(name, open) {
    await everywhere(async (page, touch) => {
      await open(page, touch);
      await page.locator('dialog[open], :popover-open').last().waitFor();
    });
    await both(name);
    await everywhere(async (page) => {
      await until(async () => {
        await page.keyboard.press('Escape');
        return (await page.locator('dialog[open], :popover-open').count()) === 0;
      }, `${name} is closed`);
    });
  }

  const lobby = (page) => message(page, /came out last night/);
  const toSide = async (page, touch) => touch && page.getByRole('banner').getByRole('button', { name: /^Rooms/ }).click();
  const press = (page, name) => page.getByRole('button', { name }).locator('visible=true').first().click();
  const menuOf = async (page, text) => {
    await message(page, text).last().click({ button: 'right' });
    await page.getByRole('menu').waitFor();
  };

  test('the talk, and what opens over it', async () => {
    const { bob, dmitri, rooms } = found;
    await bob.say(rooms.garden, 'The bees are back.');
    await bob.say(rooms.direct, 'Do you have the key to the shed?');
    await everywhere(async (page) => {
      await page.goto(ours.url);
      await inside(page);
      await lobby(page).waitFor();
    });
    await bob.say('lobby', 'Lovely. Tea at four?');
    await dmitri.say('lobby', '🎉🎉');
    await everywhere((page) => message(page, '🎉🎉').waitFor());
    await both('lobby');
    await windows.desk.emulateMedia({ colorScheme: 'light' });
    await still(windows.desk);
    await shot(windows.desk, 'readme');
    await wide('lobby');
    await windows.desk.setViewportSize(WIDE);
    await column(windows.desk);
    await windows.desk.setViewportSize(DESK);

    for (const tab of ['About', 'Members', 'Pinned', 'Notifications', 'Settings']) {
      await dialog(`room-${tab.toLowerCase()}`, async (page) => {
        await press(page, /^About this room/);
        await page.getByRole('tab', { name: tab }).click();
      });
    }
    await dialog('room-menu', (page) => press(page, 'More about this room'));
    await dialog('me', async (page, touch) => {
      await toSide(page, touch);
      await press(page, /^Account and settings/);
    });
    await dialog('browse', async (page, touch) => {
      await toSide(page, touch);
      await press(page, 'Create or join a room');
    });
    await dialog('create', async (page, touch) => {
      await toSide(page, touch);
      await press(page, 'Create or join a room');
      await press(page, 'New room');
    });
    await dialog('direct', async (page, touch) => {
      await toSide(page, touch);
      await press(page, 'Write to somebody directly');
    });
    await dialog('switcher', (page) => opens(page, 'Control+k', page.getByRole('combobox')));
    await dialog('profile', async (page, touch) => {
      if (touch) await press(page, /^Who is here/);
      await page.locator('[data-person="Bob Marlowe"]').locator('visible=true').click();
    });
    await dialog('picture', (page) => press(page, /^Open picture/));
    await dialog('menu', (page) => menuOf(page, /Tea at four/));
    await dialog('report', async (page) => {
      await menuOf(page, /Tea at four/);
      await inMenu(page, 'Report').click();
    });
    await dialog('delivery', async (page) => {
      await menuOf(page, /Tea at four/);
      await inMenu(page, 'Delivery').click();
    });
    await dialog('date', (page) => press(page, 'Today'));
    await dialog('shortcuts', (page) => opens(page, 'Control+/', page.getByRole('dialog')));

    // Whoever came by the keyboard is back where they were.
    const about = windows.desk.getByRole('button', { name: /^About this room/ });
    await about.press('Enter');
    await windows.desk.getByRole('dialog').waitFor();
    await windows.desk.keyboard.press('Escape');
    await windows.desk.getByRole('dialog').waitFor({ state: 'detached' });
    await becomes(() => hasFocus(about), true, 'the focus is back');
    // Escape closes what is open, wherever in it one is.
    await windows.desk.locator('form').getByRole('button', { name: 'Emoji' }).press('Enter');
    await windows.desk.getByRole('searchbox', { name: 'Search emoji' }).press('Tab');
    await windows.desk.keyboard.press('Escape');
    await windows.desk.getByRole('searchbox', { name: 'Search emoji' }).waitFor({ state: 'detached' });
  });

  test('the settings, the administration, the ways in and the ways that lead nowhere', async () => {
    const first = (page) => page.getByRole('heading', { level: 1 });
    for (const part of ['profile', 'account', 'sessions', 'notifications', 'appearance', 'writing', 'files', 'keyboard', 'about']) {
      await visitPage(`settings/${part}`, `settings-${part}`, first);
    }
    await found.carla.call('POST', `/rooms/lobby/messages/${found.first}/report`, { reason: 'only to be seen' });
    for (const part of ['state', 'people', 'invites', 'reports', 'bans', 'rooms', 'bots', 'webhooks', 'audit', 'limits']) {
      await visitPage(`admin/${part}`, `admin-${part}`, first);
    }
    await visitPage('settings', 'settings', (page) => page.getByRole('navigation'));
    await visitPage('search?q=roses', 'search', first);
    await visitPage('search?q=zebra', 'search-nothing', first);
    const quiet = await found.bob.room('Reading');
    await windows.desk.evaluate((room) => fetch(`/api/v1/rooms/${room}/join`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }), quiet);
    await visitPage(`r/${quiet}`, 'room-quiet', (page) => page.locator('[data-beginning]'));
    await visitPage(`r/${found.rooms.direct}`, 'direct-message', first);
    await visitPage(`r/${found.rooms.elsewhere}`, 'not-here', first);
    await visitPage('nowhere', 'nowhere', first);
    await visitPage('welcome', 'welcome', first);
    await visitPage('join', 'join', first);
  });
});
