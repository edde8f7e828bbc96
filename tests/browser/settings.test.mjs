// The settings in the browser: each part does what it says, and reads well on both sizes in both schemes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  becomes,
  chooseMine,
  DESK,
  enter,
  input,
  inside,
  message,
  oneForAll,
  PHONE,
  say,
  shot,
  signIn,
  signUp,
  totp,
  until,
  violations,
} from './support.mjs';

const PASSWORD = 'correct horse battery';
const { server, browser } = oneForAll('--signup', 'open', '--guests', 'on');

async function newcomer(name, options = {}) {
  const page = await enter(browser, server.url, options);
  await page.goto(`${server.url}join`);
  await page.getByRole('button', { name: 'Make an account' }).click();
  await signUp(page, name, PASSWORD);
  await inside(page);
  return page;
}

/** The same person in a browser of its own. */
async function elsewhere(name) {
  const page = await enter(browser, server.url);
  await page.goto(`${server.url}join`);
  await signIn(page, name, PASSWORD);
  await inside(page);
  return page;
}

async function settings(page, part) {
  await page.goto(`${server.url}settings/${part}`);
  await page.getByRole('main').getByRole('heading', { level: 1 }).waitFor();
}

const toast = (page, text) => page.getByText(text, { exact: true }).waitFor();
const wrong = (page) => page.wrong.filter((text) => !/status of 40[13]/.test(text));

test('from the menu to a part and back to the room one came from', async () => {
  const page = await newcomer('Nora');
  await chooseMine(page, 'Settings');
  await page.getByRole('heading', { name: 'Profile' }).waitFor();
  await page.getByRole('link', { name: 'Writing' }).click();
  await page.getByRole('heading', { name: 'Writing' }).waitFor();
  const path = () => new URL(page.url()).pathname;
  await becomes(path, '/settings/writing', 'its address');
  await page.keyboard.press('Escape');
  await becomes(path, '/', 'back at the room');
  await inside(page);
  assert.deepEqual(wrong(page), []);
});

test('on a phone the list is a screen of its own', async () => {
  const page = await newcomer('Phil', { size: PHONE, touch: true });
  await chooseMine(page, 'Settings');
  await page.getByRole('link', { name: 'Appearance' }).click();
  await page.getByRole('heading', { name: 'Appearance' }).waitFor();
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('link', { name: 'About' }).waitFor();
  await page.getByRole('link', { name: 'Close' }).click();
  await inside(page);
});

test('a name, a fuller name and a colour', async () => {
  const page = await newcomer('Pia');
  await settings(page, 'profile');
  await page.getByLabel('Your name').fill('Pia Lund');
  await page.getByRole('button', { name: 'Save' }).first().click();
  await toast(page, 'Saved.');
  await page.getByLabel('Display name').fill('Dr. Pia Lund');
  await page.getByLabel('Jade').check();
  await page.getByRole('group', { name: 'Preview' }).getByText('Dr. Pia Lund').waitFor();
  await page.getByRole('button', { name: 'Save' }).last().click();
  // Nothing can be saved while it is on its way, either.
  await until(() => page.getByRole('button', { name: 'Save' }).last().isDisabled(), 'it is saved');
  await until(async () => (await (await page.request.get(`${server.url}api/v1/me`)).json()).display === 'Dr. Pia Lund', 'the server has it');
  await page.reload();
  await becomes(() => page.getByLabel('Display name').inputValue(), 'Dr. Pia Lund', 'the fuller name is kept');
  await becomes(() => page.getByLabel('Jade').isChecked(), true);
  await becomes(() => page.getByLabel('Your name').inputValue(), 'Pia Lund');
  assert.deepEqual(wrong(page), []);
});

test('another password ends the other sessions', async () => {
  const page = await newcomer('Otto');
  const other = await elsewhere('Otto');
  await settings(page, 'account');
  await page.getByRole('button', { name: 'Change the password' }).click();
  await page.getByLabel('The password you have').fill('not this one');
  await page.getByLabel('The new password').fill('another horse battery');
  await page.getByRole('button', { name: 'Change the password' }).click();
  await page.getByText('The password is wrong.').waitFor();
  assert.deepEqual(await violations(page), []);
  await page.getByLabel('The password you have').fill(PASSWORD);
  await page.getByRole('button', { name: 'Change the password' }).click();
  await toast(page, 'The password is changed. You are signed out everywhere else.');
  await other.getByText('You were signed out.').waitFor();
  await signIn(other, 'Otto', 'another horse battery');
  await inside(other);
});

test('the second factor: on by an app, its codes kept, off by the password', async () => {
  const page = await newcomer('Tove');
  await settings(page, 'account');
  await page.getByRole('button', { name: 'Set it up' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('img', { name: 'Code to scan with an authenticator app' }).waitFor();
  const secret = (await dialog.locator('code').innerText()).replace(/\s/g, '');
  assert.deepEqual(await violations(page), []);
  await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD);
  // The last of all: it is good for a minute.
  await dialog.getByLabel('The code that the app shows now').fill(totp(secret));
  await dialog.getByRole('button', { name: 'Switch it on' }).click();
  await page.getByRole('heading', { name: 'Keep your recovery codes' }).waitFor();
  const codes = await page.getByRole('dialog').getByRole('listitem').allInnerTexts();
  assert.equal(codes.length, 10);
  assert.deepEqual(await violations(page), []);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Save as a file' }).click()]);
  const { readFile } = await import('node:fs/promises');
  const saved = await readFile(await download.path(), 'utf8');
  for (const code of codes) assert.ok(saved.includes(code.trim()), 'each code is in the file');
  await page.getByRole('button', { name: 'I have kept them' }).click();
  await page.getByText('On', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Switch it off' }).click();
  await page.getByRole('dialog').getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('dialog').getByRole('button', { name: 'Switch it off' }).click();
  await toast(page, 'The second factor is off.');
  await page.getByText('Off', { exact: true }).waitFor();
  assert.deepEqual(wrong(page), []);
});

test('sessions: this one is marked, another one can be ended', async () => {
  const page = await newcomer('Sven');
  await settings(page, 'sessions');
  const list = page.getByRole('list', { name: 'Sessions' });
  await page.getByText('You are signed in nowhere else.').waitFor();
  const other = await elsewhere('Sven');
  await page.reload();
  await becomes(() => list.getByRole('listitem').count(), 2, 'both are listed');
  assert.match(await list.getByRole('listitem').first().innerText(), /Chrome on Linux\s+This one/);
  await list.getByRole('button', { name: /^Sign out/ }).click();
  await other.getByText('You were signed out.').waitFor();
  await becomes(() => list.getByRole('listitem').count(), 1, 'it is gone from the list');
  assert.deepEqual(wrong(page), []);
});

test('what is looked at shows at once, and is kept', async () => {
  const page = await newcomer('Lena');
  await settings(page, 'appearance');
  const html = (name) => page.locator('html').getAttribute(name);
  await page.getByLabel('Dark', { exact: true }).check();
  await page.getByLabel('Compact').check();
  await page.getByLabel('125 %').check();
  await page.getByLabel('12 hours').check();
  await becomes(() => html('data-theme'), 'dark');
  await becomes(() => html('data-density'), 'compact');
  await page.getByRole('figure', { name: 'Preview' }).getByText(/9:35\s?pm/i).waitFor();
  assert.deepEqual(await violations(page), []);
  await page.reload();
  await page.getByRole('heading', { name: 'Appearance' }).waitFor();
  await becomes(() => html('data-theme'), 'dark');
  await becomes(() => page.getByLabel('125 %').isChecked(), true);
  assert.deepEqual(wrong(page), []);
});

test('another language comes with the next page, and what is being written stays', async () => {
  const page = await newcomer('Dora');
  await input(page).fill('angefangen');
  await chooseMine(page, 'Settings');
  await page.getByRole('link', { name: 'Appearance' }).click();
  await page.getByRole('combobox', { name: 'Language' }).selectOption('de');
  await page.getByRole('button', { name: 'Use it' }).click();
  await page.getByRole('heading', { name: 'Aussehen' }).waitFor();
  await becomes(() => page.locator('html').getAttribute('lang'), 'de');
  assert.deepEqual(await violations(page), []);
  await shot(page, 'settings-german');
  await page.goto(server.url);
  await page.locator('[data-me=Dora]').first().waitFor();
  await becomes(() => page.locator('[data-composer]').inputValue(), 'angefangen', 'the draft');
});

test('where colours are forced a switch that is off still has its knob', async () => {
  const page = await newcomer('Farah');
  await page.emulateMedia({ forcedColors: 'active' });
  await settings(page, 'notifications');
  const [knob, ground] = await page.getByLabel('Quiet hours').evaluate((at) => ['::before', null].map((part) => getComputedStyle(at, part).backgroundColor));
  assert.notEqual(knob, ground);
});

test('how much one is told of a room is kept by the server', async () => {
  const page = await newcomer('Rolf');
  await settings(page, 'notifications');
  const other = await elsewhere('Rolf');
  await settings(other, 'notifications');
  const level = (where) => where.getByLabel('Notifications of Lobby');
  await until(async () => {
    // Chosen before there is a connection, it is refused.
    await level(page).selectOption('mentions');
    return (await level(other).inputValue()) === 'mentions';
  }, 'it counts on the other device');
  let asked = false;
  await page.routeWebSocket(/\/ws$/, (ws) => {
    const there = ws.connectToServer();
    ws.onMessage((data) => {
      const { op, id } = JSON.parse(data);
      if (op !== 'level') return there.send(data);
      asked = true;
      ws.send(JSON.stringify({ re: id, error: { code: 'busy', message: 'busy' } }));
    });
  });
  await settings(page, 'notifications');
  await until(async () => {
    await level(page).selectOption('none');
    return asked;
  }, 'the server was asked');
  await becomes(() => level(page).inputValue(), 'mentions', 'what was not taken is not shown', 15_000);
  await page.getByLabel('Quiet hours').check();
  await becomes(() => page.getByLabel('From').inputValue(), '22');
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(wrong(page), []);
});

test('one\'s own files: those in messages lead there, others can be deleted', async () => {
  const page = await newcomer('Fritz');
  await settings(page, 'files');
  await page.getByRole('heading', { name: 'You have not sent a file yet' }).waitFor();
  assert.deepEqual(await violations(page), []);
  await page.goto(server.url);
  await inside(page);
  await page.evaluate(async () => {
    const send = async (name, text) => {
      const init = { method: 'POST', headers: { 'Content-Type': 'text/plain' }, body: text };
      return (await (await fetch(`/api/v1/files?name=${name}`, init)).json()).file.id;
    };
    const id = await send('notes.txt', 'Water them in the evening.');
    await send('unused.txt', 'Never sent.');
    const body = JSON.stringify({ text: 'the notes', files: [{ id }] });
    await fetch('/api/v1/rooms/lobby/messages', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  });
  await message(page, 'the notes').waitFor();
  await settings(page, 'files');
  await page.getByText('2 files').waitFor();
  assert.deepEqual(await violations(page), []);
  await page.getByRole('button', { name: 'Delete unused.txt' }).click();
  await page.getByText('1 file,').waitFor();
  await page.getByRole('link', { name: 'Show the message with notes.txt in Lobby' }).click();
  await message(page, 'the notes').waitFor();
  assert.match(new URL(page.url()).pathname, /^\/r\/lobby\/\d+$/);
  assert.deepEqual(wrong(page), []);
});

test('a guest finds the way to an account, and can be forgotten', async () => {
  const page = await enter(browser, server.url, { name: 'Gerd' });
  await say(page, 'a word of a guest');
  // Who has no account has none of these, wherever a link came from.
  for (const part of ['sessions', 'files']) {
    await page.goto(`${server.url}settings/${part}`);
    await page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
  }
  await settings(page, 'account');
  await page.getByText('You are here as a guest').waitFor();
  await becomes(() => page.getByRole('link', { name: 'Sessions' }).count(), 0);
  assert.deepEqual(await violations(page), []);
  await page.getByRole('button', { name: 'Leave this server' }).click();
  assert.deepEqual(await violations(page), []);
  await page.getByRole('button', { name: 'Leave for good' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.goto(server.url);
  await inside(page);
  assert.notEqual(await page.locator('[data-me]').first().getAttribute('data-me'), 'Gerd');
});

test('an account that is left is gone', async () => {
  const page = await newcomer('Weg');
  await settings(page, 'account');
  await page.getByRole('button', { name: 'Leave this server' }).click();
  const dialog = page.getByRole('dialog', { name: 'Really leave for good?' });
  await dialog.getByLabel('Password', { exact: true }).fill('wrong');
  await dialog.getByRole('button', { name: 'Leave for good' }).click();
  await dialog.getByText('The password is wrong.').waitFor();
  await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await dialog.getByRole('button', { name: 'Leave for good' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await signIn(page, 'Weg', PASSWORD);
  await page.getByText('name or password is wrong').waitFor();
});

const PARTS = ['profile', 'account', 'sessions', 'files', 'notifications', 'appearance', 'writing', 'keyboard', 'about'];

for (const [where, size] of [['desk', DESK], ['phone', PHONE]]) {
  for (const scheme of ['light', 'dark']) {
    test(`every part, on a ${where} in ${scheme}`, async () => {
      const page = await newcomer(`Eva ${where} ${scheme}`, { size, scheme });
      for (const part of ['', ...PARTS]) {
        if (part) await settings(page, part);
        else {
          await page.goto(`${server.url}settings`);
          await page.getByRole('link', { name: 'About' }).waitFor();
        }
        await until(async () => (await page.getByText('Loading…').count()) === 0, `${part} is there`);
        assert.deepEqual(await violations(page), [], part);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        assert.equal(wide, false, `${part}: nothing is cut off at the side`);
        await shot(page, `settings-${part || 'list'}-${where}-${scheme}`);
      }
      assert.deepEqual(wrong(page), []);
    });
  }
}
