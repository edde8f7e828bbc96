// Accounts in the browser: the owner's link and the first start, coming back, going out, invitations, the second factor,
// and a guest who becomes somebody.

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
  named,
  oneForAll,
  open,
  PHONE,
  say,
  Server,
  shot,
  signIn,
  signUp,
  totp,
  until,
  violations,
} from './support.mjs';

const PASSWORD = 'correct horse battery';
const { server, browser } = oneForAll('--signup', 'open', '--guests', 'on');

/** A window that is not in the chat yet. */
async function stranger(path, { size = DESK, scheme = 'light' } = {}) {
  const page = await enter(browser, server.url, { size, scheme });
  await page.goto(`${server.url}${path}`);
  return page;
}

async function newcomer(name) {
  const page = await stranger('join');
  await page.getByRole('button', { name: 'Make an account' }).click();
  await signUp(page, name, PASSWORD);
  await inside(page);
  return page;
}

const nameOf = (page) => page.locator('[data-me]').first().getAttribute('data-me');
const signOut = (page) => chooseMine(page, 'Sign out');
const isMember = (page) => page.getByRole('button', { name: /^Account and settings: .* Member$/ }).waitFor();

/** Nothing went wrong but what was meant to: a browser logs each answer that is an error. */
const wrong = (page) => page.wrong.filter((text) => !/status of 40[14]/.test(text));

test('the link makes the owner, who sets the server up and stays signed in until signing out', async () => {
  const link = await until(() => /join#[\w-]{43}/.exec(server.said)?.[0], 'the link is printed');
  const page = await stranger(link);
  await page.getByText('makes you the owner').waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, 'join-owner-light');
  await signUp(page, 'Olga', PASSWORD);

  // A name can wait.
  await page.getByRole('heading', { name: 'A name for your community' }).waitFor();
  assert.deepEqual(await violations(page), []);
  await page.getByRole('button', { name: 'Continue' }).click();

  // Rooms: two of the three, one of them under another name.
  await page.getByRole('heading', { name: 'Rooms to begin with' }).waitFor();
  await page.getByLabel('Make this room: Off topic').uncheck();
  await page.getByLabel('Name of a room').nth(1).fill('Plans');
  assert.deepEqual(await violations(page), []);
  await shot(page, 'welcome-rooms');
  await page.getByRole('button', { name: 'Make 2 rooms' }).click();
  // Who may come is what the program was started with.
  await page.getByText('Everybody who finds the page can make an account.').waitFor();
  assert.deepEqual(await violations(page), []);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Make a link' }).click();
  const invitation = await page.getByLabel('Your invitation').inputValue();
  assert.match(invitation, new RegExp(`^${server.url}join#[\\w-]{43}$`));
  assert.deepEqual(await violations(page), []);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByText('hubbub backup').waitFor();
  assert.deepEqual(await violations(page), []);
  await page.getByRole('link', { name: 'To the lobby' }).click();
  await inside(page);
  await named(page, 'Olga');
  for (const room of ['Announcements', 'Plans']) await page.locator(`[data-room=${room}]`).first().waitFor();
  await becomes(() => page.locator('[data-room="Off topic"]').count(), 0, 'what was not wanted is not made');
  assert.equal(await page.evaluate(() => document.cookie), '', 'no script sees the session');
  await becomes(() => page.evaluate(() => localStorage.getItem('hubbub.token')), '');

  await page.reload();
  await inside(page);
  await named(page, 'Olga');
  assert.deepEqual(await violations(page), []);
  await shot(page, 'signed-in-light');

  // Whom the owner invites is in the rooms at once.
  const guest = await stranger(invitation.slice(server.url.length));
  await guest.getByRole('heading', { name: 'Olga invites you' }).waitFor();
  assert.deepEqual(await violations(guest), []);
  await signUp(guest, 'Ivo', PASSWORD);
  await inside(guest);
  for (const room of ['Announcements', 'Plans']) await guest.locator(`[data-room=${room}]`).first().waitFor();

  await signOut(page);
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.goto(server.url);
  await inside(page);
  assert.notEqual(await nameOf(page), 'Olga');

  await page.goto(`${server.url}join`);
  await signIn(page, 'Olga', PASSWORD);
  await inside(page);
  await named(page, 'Olga');
  assert.deepEqual(wrong(page), []);
});

test('the owner names the community: those who are there see it at once, and whoever comes reads it first', async () => {
  const own = await new Server('--signup', 'open', '--guests', 'on').start();
  try {
    const guest = await enter(browser, own.url);
    const side = guest.getByRole('region', { name: 'Hubbub' });
    await side.waitFor();
    const link = await until(() => /join#[\w-]{43}/.exec(own.said)?.[0], 'the link is printed');
    const page = await open(browser, `${own.url}${link}`);
    await page.getByText('makes you the owner').waitFor();
    await signUp(page, 'Olga', PASSWORD);
    await page.getByLabel('What is your community called?').fill('x'.repeat(41));
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('alert').getByText('at most 40 characters').waitFor();
    await page.getByLabel('What is your community called?').fill(' The  Garden Club ');
    assert.deepEqual(await violations(page), []);
    await shot(page, 'welcome-name');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('heading', { name: 'Rooms to begin with' }).waitFor();

    // Without a reload.
    await guest.getByRole('region', { name: 'The Garden Club' }).waitFor();
    await becomes(() => guest.title(), 'Lobby · The Garden Club');
    await shot(guest, 'named-guest');

    const coming = await open(browser, `${own.url}join`);
    await coming.getByText('With your account at The Garden Club.').waitFor();
    await becomes(() => coming.title(), 'Sign in · The Garden Club');
    await coming.getByRole('button', { name: 'Make an account' }).click();
    await coming.getByRole('heading', { name: 'Join The Garden Club' }).waitFor();
    assert.deepEqual(await violations(coming), []);
    await shot(coming, 'named-join');

    // In the administration it is changed, and a long one is cut.
    await page.goto(`${own.url}admin/state`);
    const field = page.getByLabel('What is your community called?');
    await becomes(() => field.inputValue(), 'The Garden Club');
    const long = 'Gesellschaft der Freunde alter Rosen e.V.'.slice(0, 40);
    await field.fill(long);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('status').getByText('The name is changed.').waitFor();
    assert.deepEqual(await violations(page), []);
    await shot(page, 'admin-name');
    await guest.getByRole('region', { name: long }).waitFor();
    const { width, right } = await guest.getByRole('region', { name: long }).evaluate((region) => {
      const name = region.querySelector('p');
      return { width: region.getBoundingClientRect().right, right: name.getBoundingClientRect().right };
    });
    assert.ok(right <= width, `${right} is beyond ${width}`);
    await guest.reload();
    await inside(guest);
    await guest.getByRole('region', { name: long }).waitFor();
    await shot(guest, 'named-long');
    // On a phone the button that closes the rooms stands beside it.
    const phone = await enter(browser, own.url, { size: PHONE });
    await phone.getByRole('banner').getByRole('button', { name: /^Rooms/ }).click();
    const drawer = phone.getByRole('dialog');
    await drawer.locator('p', { hasText: long }).waitFor();
    // Both at once: the drawer may still be on its way.
    const { ends, begins } = await drawer.evaluate((whole) => ({
      ends: whole.querySelector('section p').getBoundingClientRect().right,
      begins: [...whole.querySelectorAll('button')].find((b) => /Close/.test(b.ariaLabel ?? b.textContent)).getBoundingClientRect().left,
    }));
    assert.ok(ends <= begins, `${ends} is under the button at ${begins}`);

    // And taken away again.
    await field.fill('');
    await page.getByRole('button', { name: 'Save' }).click();
    await side.waitFor();
    await becomes(() => guest.title(), 'Lobby · Hubbub');
    assert.deepEqual([...wrong(page), ...wrong(guest), ...wrong(coming)], []);
  } finally {
    await own.end();
  }
});

test('the set-up is for those who run the server', async () => {
  const page = await enter(browser, server.url);
  await page.goto(`${server.url}welcome`);
  await page.getByRole('heading', { name: 'This is for whoever runs the server' }).waitFor();
  assert.deepEqual(await violations(page), []);
});

test('a wrong password is told at its field, and the right one still does', async () => {
  const page = await newcomer('Wanda');
  await signOut(page);
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await signIn(page, 'Wanda', 'wrong horse battery');
  await page.getByText('name or password is wrong').waitFor();
  await becomes(() => page.getByLabel('Password', { exact: true }).getAttribute('aria-invalid'), 'true');
  assert.deepEqual(await violations(page), []);
  await signIn(page, 'Wanda', PASSWORD);
  await inside(page);
  assert.deepEqual(wrong(page), []);
});

test('a password can be looked at, and its length is told while it is made up', async () => {
  const page = await stranger('join');
  const field = page.getByLabel('Password', { exact: true });
  await field.fill('visible?');
  await becomes(() => field.getAttribute('type'), 'password');
  await page.getByRole('button', { name: 'Show' }).click();
  await becomes(() => field.getAttribute('type'), 'text');
  await becomes(() => field.getAttribute('autocomplete'), 'current-password');

  await page.getByRole('button', { name: 'Make an account' }).click();
  const fresh = page.getByLabel('A password');
  await becomes(() => fresh.getAttribute('autocomplete'), 'new-password');
  for (const [typed, said] of [
    ['seven77', 'One more character to go.'],
    ['eight888', 'Long enough.'],
    ['fourteen 14 14', 'A good length.'],
  ]) {
    await fresh.fill(typed);
    await page.getByText(said).waitFor();
  }
});

test('the code of the second factor is asked for only where there is one', async () => {
  const page = await newcomer('Faye');
  const secret = await page.evaluate(async () => {
    const answer = await fetch('/api/v1/me/totp', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' });
    return (await answer.json()).secret;
  });
  const first = totp(secret);
  const on = await page.evaluate(
    async (body) => {
      const init = { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
      return (await fetch('/api/v1/me/totp', init)).json();
    },
    { secret, code: first, password: PASSWORD },
  );
  await signOut(page);
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await signIn(page, 'Faye', PASSWORD);
  const code = page.getByLabel('Code of your authenticator app');
  await code.fill('000000');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByText('the code is wrong').waitFor();
  assert.deepEqual(await violations(page), []);
  await code.fill(on.codes[0]);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await inside(page);
  await named(page, 'Faye');
  assert.deepEqual(wrong(page), []);
});

test('a guest who makes an account stays who they are', async () => {
  const page = await enter(browser, server.url, { name: 'Gusti' });
  await say(page, 'said as a guest');
  await message(page, 'said as a guest').waitFor();
  await chooseMine(page, 'Sign in or make an account');
  await page.getByRole('button', { name: 'Make an account' }).click();
  await page.getByText('everything you have said as a guest').waitFor();
  await becomes(() => page.getByLabel('Your name').inputValue(), 'Gusti');
  await signUp(page, 'Gustav', PASSWORD);
  await message(page, 'said as a guest').waitFor();
  await isMember(page);
  await say(page, 'said as a member');
  await message(page, 'said as a member').waitFor();
  assert.deepEqual(wrong(page), []);
});

test('who is signed out elsewhere is told, comes back to the same place, and what was being written is still there', async () => {
  const page = await newcomer('Tess');
  await input(page).fill('half a sent');
  const other = await page.context().newPage();
  await other.goto(`${server.url}settings/account`);
  // As on another machine: this browser is not told, but its session is gone.
  await other.evaluate(() => fetch('/api/v1/session', { method: 'DELETE', headers: { 'Content-Type': 'application/json' }, body: '{}' }));
  await page.getByText('You were signed out.').waitFor();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await signIn(page, 'Tess', PASSWORD);
  await inside(page);
  await named(page, 'Tess');
  await becomes(() => input(page).inputValue(), 'half a sent', 'what was being written');
});

test('who is signed out elsewhere can go on as a guest', async () => {
  const page = await newcomer('Gunda');
  await page.evaluate(() => fetch('/api/v1/session', { method: 'DELETE', headers: { 'Content-Type': 'application/json' }, body: '{}' }));
  await page.getByText('You were signed out.').waitFor();
  await page.getByRole('link', { name: 'Go on as a guest' }).click();
  await inside(page);
  assert.match(await nameOf(page), /^Guest \d{4}$/);
  assert.deepEqual(wrong(page), []);
});

test('a tab whose guest has made an account in another one is that account\'s when one comes back to it', async () => {
  const first = await enter(browser, server.url, { name: 'Gitta' });
  const second = await first.context().newPage();
  await second.goto(server.url);
  await named(second, 'Gitta');
  await chooseMine(first, 'Sign in or make an account');
  await first.getByRole('button', { name: 'Make an account' }).click();
  await signUp(first, 'Gitta G', PASSWORD);
  await isMember(first);
  await second.getByRole('heading', { name: 'Sign in' }).waitFor();
  // What gives the page its title waits for the focus, too.
  await until(async () => (await second.title()).startsWith('Sign in'), 'the title');
  await second.evaluate(() => window.dispatchEvent(new Event('focus')));
  await named(second, 'Gitta G');
  assert.deepEqual(wrong(first), []);
});

test('whose session ended while they were away is told so, once; who goes out by themselves is not', async () => {
  const page = await newcomer('Lena');
  await until(() => page.evaluate(() => Boolean(localStorage.getItem('hubbub.account'))), 'the browser knows of the account');
  await page.goto('about:blank');
  await page.context().clearCookies();
  await page.goto(server.url);
  await inside(page);
  const banner = page.locator('[data-banner=signed-out]');
  await banner.getByText(/^You were signed out\. You are here as Guest \d+\.$/).waitFor();
  await becomes(() => page.getByText('Welcome! You are').count(), 0, 'nobody who is new');
  assert.deepEqual(await violations(page), []);
  await shot(page, 'signed-out-desk');
  await page.reload();
  await inside(page);
  // The other banners come with it: nothing more is on its way when the page has begun what comes later.
  await page.locator('html[data-swipes]').waitFor();
  await becomes(() => banner.count(), 0, 'it is not told again');

  await page.goto(`${server.url}join`);
  await signIn(page, 'Lena', PASSWORD);
  await isMember(page);
  await until(() => page.evaluate(() => Boolean(localStorage.getItem('hubbub.account'))), 'the browser knows again');
  await signOut(page);
  await page.getByRole('link', { name: /guest/i }).click();
  await inside(page);
  await page.locator('html[data-swipes]').waitFor();
  await becomes(() => banner.count(), 0, 'who has gone out knows it');
  assert.deepEqual(wrong(page), []);
});

test('a link that is no good says so, and leaves the other ways in', async () => {
  const page = await stranger(`join#${'A'.repeat(43)}`);
  await page.getByText('the link is used up').waitFor();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
});

for (const [where, size] of [['desk', DESK], ['phone', PHONE]]) {
  for (const scheme of ['light', 'dark']) {
    test(`the way in, on a ${where} in ${scheme}`, async () => {
      const page = await stranger('join', { size, scheme });
      await page.getByRole('button', { name: 'Make an account' }).click();
      await page.getByLabel('Your name').fill('Somebody');
      await page.getByLabel('A password').fill('secret');
      await page.getByRole('button', { name: 'Make an account' }).click();
      await page.getByText('a password has 8 to 128').waitFor();
      assert.deepEqual(await violations(page), []);
      await shot(page, `join-${where}-${scheme}`);
      await page.getByRole('button', { name: 'Sign in with an account' }).click();
      await page.getByLabel('Password', { exact: true }).waitFor();
      assert.deepEqual(await violations(page), []);
      await shot(page, `sign-in-${where}-${scheme}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      assert.equal(wide, false, 'nothing is cut off at the side');
    });
  }
}

test('where there are no guests the way in comes first', async () => {
  const closed = await new Server('--guests', 'off').start();
  try {
    const page = await open(browser, closed.url);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.getByText('takes no guests').waitFor();
    await becomes(() => page.getByRole('button', { name: 'Make an account' }).count(), 0);
    await shot(page, 'no-guests');
  } finally {
    await closed.end();
  }
});
