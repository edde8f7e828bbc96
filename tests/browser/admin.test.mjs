// What those with an office do in the browser, and that it is so for the others.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { becomes, DESK, enter, inside, message, oneForAll, openMenu, PHONE, shot, signIn, until, violations } from './support.mjs';

const PASSWORD = 'correct horse battery';
const PARTS = ['state', 'limits', 'people', 'invites', 'rooms', 'reports', 'bans', 'bots', 'webhooks', 'audit'];
const { server, browser } = oneForAll('--signup', 'open', '--guests', 'on');
let owner;
before(async () => {
  const link = await until(() => /join#([\w-]{43})/.exec(server.said)?.[1], 'the link is printed');
  owner = await account('Olga', { invite: link });
});

async function api(method, path, body, token) {
  const reply = await fetch(`${server.url}api/v1/${path}`, {
    method,
    headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: reply.status, ...(await reply.json()) };
}

/** Somebody with an account, by the API. */
async function account(name, more = {}) {
  const made = await api('POST', 'accounts', { name, password: PASSWORD, token: true, ...more });
  assert.equal(made.status, 201, JSON.stringify(made));
  return { id: made.you.id, name, token: made.token };
}

/** A window of somebody, at a part of the administration. */
async function desk(part, who = owner, look = {}) {
  const page = await enter(browser, server.url, look);
  await page.goto(`${server.url}join`);
  await signIn(page, who.name, PASSWORD);
  await inside(page);
  await page.goto(`${server.url}admin/${part}`);
  return page;
}

const turn = (page, part) => page.getByRole('navigation', { name: 'Administration' }).getByRole('link', { name: part }).click();
const row = (page, text) => page.getByRole('listitem').filter({ hasText: text });
const said = (page, text) => page.getByRole('status').getByText(text).waitFor();

async function manage(page, name, item) {
  await page.getByRole('button', { name: `Manage ${name}` }).click();
  await page.getByRole('menuitem', { name: item }).click();
}

test('roles are given; mutes and bans hold and are lifted; all of it stands in the log', async () => {
  const bob = await account('Bob');
  const page = await desk('people');
  await manage(page, 'Bob', 'Change the role');
  await page.getByLabel('Moderator').check();
  await page.getByRole('button', { name: 'Change the role' }).click();
  await said(page, 'Bob: Moderator');
  assert.equal((await api('GET', 'me', null, bob.token)).role, 'moderator');

  await manage(page, 'Bob', 'Mute');
  await page.getByLabel('Reason').fill('too loud');
  await page.getByRole('dialog').getByRole('button', { name: 'Mute' }).click();
  await row(page, 'Bob').getByText('muted').waitFor();
  assert.equal((await api('POST', 'rooms/lobby/messages', { text: 'x' }, bob.token)).code, 'muted');

  await turn(page, 'Bans and mutes');
  await row(page, 'Bob').getByRole('button', { name: 'End the mute' }).click();
  await said(page, 'Bob may write again');
  assert.equal((await api('POST', 'rooms/lobby/messages', { text: 'x' }, bob.token)).status, 201);

  await turn(page, 'People');
  await manage(page, 'Bob', 'Ban');
  await page.getByRole('dialog').getByRole('button', { name: 'Ban' }).click();
  await said(page, 'Bob is banned');
  assert.equal((await api('GET', 'me', null, bob.token)).status, 401);
  await turn(page, 'Bans and mutes');
  await row(page, 'Bob').getByRole('button', { name: 'Lift the ban' }).click();
  await said(page, 'The ban is lifted');

  await turn(page, 'Audit log');
  const all = /Olga lifted a ban.*\n[^]*Olga banned Bob[^]*Olga ended the mute of Bob[^]*Olga muted Bob[^]*too loud[^]*changed the role of Bob/;
  await until(async () => all.test((await page.getByRole('main').getByRole('listitem').allInnerTexts()).join('\n')), 'all of it is in the log');
  assert.deepEqual(page.wrong, []);
});

test('a link invites whoever opens it, once', async () => {
  const page = await desk('invites');
  await page.getByLabel('Note').fill('for Carla');
  await page.getByRole('button', { name: 'Make a link' }).click();
  const link = await page.getByLabel('The invitation’s link').inputValue();
  assert.match(link, /^http.*\/join#[\w-]{43}$/);
  await row(page, 'for Carla').getByText('one place left').waitFor();
  await account('Carla', { invite: link.split('#')[1] });
  await page.getByRole('button', { name: 'Done' }).click();
  await turn(page, 'People');
  await row(page, 'Carla').waitFor();
  await turn(page, 'Invitations');
  await page.getByText('No invitation is open').waitFor();
});

test('a report leads to the message, and is closed', async () => {
  const dan = await account('Dan');
  const { seq } = await api('POST', 'rooms/lobby/messages', { text: 'cheap pills' }, dan.token);
  await api('POST', `rooms/lobby/messages/${seq}/report`, { reason: 'an advertisement' }, dan.token);
  const page = await desk('reports');
  await page.getByRole('navigation').getByRole('link', { name: 'Reports 1' }).waitFor();
  await row(page, 'an advertisement').getByRole('link', { name: 'Open the message' }).click();
  await message(page, 'cheap pills').waitFor();
  await page.goBack();
  await page.getByRole('button', { name: 'Close the report' }).click();
  await page.getByLabel('What was done').fill('left as it is');
  await page.getByRole('dialog').getByRole('button', { name: 'Close the report' }).click();
  await row(page, 'an advertisement').getByText('Closed by Olga: left as it is').waitFor();
});

test('a bot speaks with its token, a webhook by its address, and neither after it was removed', async () => {
  const page = await desk('bots');
  await page.getByLabel('The bot’s name').fill('Robo');
  await page.getByRole('button', { name: 'Make a bot' }).click();
  const token = await page.getByLabel('Token of Robo').inputValue();
  assert.equal((await api('POST', 'rooms/lobby/messages', { text: 'beep' }, token)).status, 201);
  await page.getByRole('button', { name: 'Remove Robo' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await said(page, 'Robo is removed');
  assert.equal((await api('GET', 'me', null, token)).status, 401);

  await turn(page, 'Webhooks');
  await page.getByLabel('Its name').fill('Builds');
  await page.getByRole('button', { name: 'Make a webhook' }).click();
  const url = await page.getByLabel('The address of Builds').inputValue();
  const speak = () => fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"text":"all green"}' });
  assert.equal((await speak()).ok, true);
  await page.getByRole('button', { name: 'Remove Builds' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await said(page, 'Builds is removed');
  assert.equal((await speak()).ok, false);
});

test('from the talk itself: somebody is signed out from their profile, a room gets a webhook from its details', async () => {
  const fay = await account('Fay');
  await api('POST', 'rooms/lobby/messages', { text: 'look at my pills' }, fay.token);
  const page = await desk('people');
  await page.goto(server.url);
  await message(page, 'look at my pills').getByRole('button', { name: /Fay/ }).first().click();
  await page.getByRole('button', { name: 'Manage Fay' }).click();
  await page.getByRole('menuitem', { name: 'Sign out everywhere' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click();
  await until(async () => (await api('GET', 'me', null, fay.token)).status === 401, 'Fay is out');
  await until(async () => (await page.getByRole('dialog').count()) === 0, 'the profile has closed');

  await page.getByRole('banner').getByRole('button', { name: /About this room/ }).click();
  await page.getByRole('tab', { name: 'Webhooks' }).click();
  await page.getByLabel('Its name').fill('Deploys');
  await page.getByRole('button', { name: 'Make a webhook' }).click();
  const url = await page.getByLabel('The address of Deploys').inputValue();
  assert.match(url, /^http.*\/api\/v1\/hooks\//);
  assert.deepEqual(await violations(page), []);
});

test('from the menu of a message: its author is muted and signed out, by whom they are not above', async () => {
  const gil = await account('Gil');
  await api('POST', 'rooms/lobby/messages', { text: 'buy my pills' }, gil.token);
  const mod = await account('Mona');
  const made = await api('PUT', `people/${mod.id}/role`, { role: 'moderator' }, owner.token);
  assert.ok(made.status < 300, JSON.stringify(made));
  await api('POST', 'rooms/lobby/messages', { text: 'I am the owner' }, owner.token);
  const page = await desk('bans', mod);
  await page.goto(server.url);
  await openMenu(page, 'buy my pills');
  await page.getByRole('menuitem', { name: 'Mute Gil…' }).click();
  const question = page.getByRole('dialog', { name: 'Mute: Gil' });
  await question.waitFor();
  assert.deepEqual(await violations(page), []);
  await question.getByRole('button', { name: 'Mute' }).click();
  await said(page, 'Gil is muted');
  const write = () => api('POST', 'rooms/lobby/messages', { text: 'again' }, gil.token);
  await until(async () => (await write()).status === 403, 'Gil cannot write');
  await openMenu(page, 'buy my pills');
  await page.getByRole('menuitem', { name: 'End the mute of Gil' }).click();
  await until(async () => (await write()).status < 300, 'Gil can write again');
  await openMenu(page, 'buy my pills');
  await page.getByRole('menuitem', { name: 'Sign Gil out everywhere…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click();
  await until(async () => (await api('GET', 'me', null, gil.token)).status === 401, 'Gil is out');

  // Whoever is above one cannot be muted: it is not offered, also when the server has told who they are.
  await page.keyboard.press('Escape');
  await openMenu(page, 'I am the owner');
  await message(page, 'I am the owner').getByRole('button', { name: /Olga/ }).first().waitFor();
  await page.getByRole('menuitem', { name: 'Report…' }).waitFor();
  assert.equal(await page.getByRole('menuitem', { name: /Mute|Sign/ }).count(), 0);
});

test('the brake holds at once; the state and the settings are those of the program', async () => {
  const guest = await enter(browser, server.url, { name: 'Gus' });
  const page = await desk('state');
  await page.getByText('Running since').waitFor();
  // It is on when the server says so.
  await page.getByRole('switch', { name: /Members only/ }).click();
  await until(async () => (await api('GET', 'server', null, owner.token)).members_only, 'the brake is on');
  await guest.getByText(/only members/i).first().waitFor();
  await becomes(() => page.getByRole('switch', { name: /Members only/ }).isChecked(), true, 'it shows that it is on');
  await page.getByRole('switch', { name: /Members only/ }).click();
  await until(async () => !(await api('GET', 'server', null, owner.token)).members_only, 'the brake is off');

  await turn(page, 'Settings and limits');
  await page.getByLabel('Find a setting').fill('signup');
  await row(page, '--signup open').getByText('changed').waitFor();
  await becomes(() => page.getByRole('main').getByRole('listitem').count(), 1);
});

test('who has no office is told so, and a moderator sees what is theirs', async () => {
  const eve = await account('Eve');
  const page = await desk('audit', eve);
  await page.getByText('These screens are for moderators').waitFor();
  await api('PUT', `people/${eve.id}/role`, { role: 'moderator' }, owner.token);
  await page.getByRole('navigation', { name: 'Administration' }).getByRole('link', { name: 'Reports' }).waitFor();
  await becomes(() => page.getByRole('link', { name: 'Audit log' }).count(), 0);
});

for (const [what, size, scheme] of [
  ['desk', DESK, 'light'],
  ['desk', DESK, 'dark'],
  ['phone', PHONE, 'light'],
  ['phone', PHONE, 'dark'],
]) {
  test(`every screen, ${what} and ${scheme}`, async () => {
    const page = await desk('', owner, { size, scheme });
    for (const part of PARTS) {
      await page.goto(`${server.url}admin/${part}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await until(async () => (await page.getByText('Loading…').count()) === 0, 'it has come');
      assert.deepEqual(await violations(page), [], part);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      assert.equal(wide, false, `${part} scrolls sideways`);
      await shot(page, `admin-${part}-${what}-${scheme}`);
    }
    assert.deepEqual(page.wrong, []);
  });
}
