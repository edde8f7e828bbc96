// Accounts in the browser: the owner's link, coming back, going out, and a guest who becomes somebody.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { chooseMine, DESK, enter, inside, launch, leaveAll, message, PHONE, say, Server, shot, until, violations } from './support.mjs';

const PASSWORD = 'correct horse battery';
let server;
let browser;

before(async () => {
  server = await new Server('--signup', 'open', '--guests', 'on').start();
  browser = await launch();
});
afterEach(leaveAll);
after(async () => {
  await browser?.close();
  await server?.end();
});

/** A window that is not in the chat yet. */
async function stranger(path, { size = DESK, scheme = 'light' } = {}) {
  const page = await enter(browser, server.url, { size, scheme });
  await page.goto(`${server.url}${path}`);
  return page;
}

async function signUp(page, name) {
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('A password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Make an account' }).click();
}

async function signIn(page, name, password = PASSWORD) {
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

const nameOf = (page) => page.locator('[data-me]').first().getAttribute('data-me');
const signOut = (page) => chooseMine(page, 'Sign out');
/** The role stands under the name. */
const isMember = (page) => page.getByRole('button', { name: /^Account and settings/ }).getByText('Member').waitFor();

/** Nothing went wrong but what was meant to: a browser logs each answer that is an error. */
const wrong = (page) => page.wrong.filter((text) => !/status of 40[14]/.test(text));

test('the link makes the owner, who stays signed in until signing out', async () => {
  const link = await until(() => /join#[\w-]{43}/.exec(server.said)?.[0], 'the link is printed');
  const page = await stranger(link);
  await page.getByText('makes you the owner').waitFor();
  assert.deepEqual(await violations(page), []);
  await shot(page, 'join-owner-light');
  await signUp(page, 'Olga');
  assert.match(await nameOf(page), /Olga/);
  assert.equal(new URL(page.url()).pathname, '/');
  assert.equal(await page.evaluate(() => document.cookie), '', 'no script sees the session');
  assert.equal(await page.evaluate(() => localStorage.getItem('hubbub.token')), '');

  await page.reload();
  await inside(page);
  assert.match(await nameOf(page), /Olga/);
  assert.deepEqual(await violations(page), []);
  await shot(page, 'signed-in-light');

  await signOut(page);
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.goto(server.url);
  await inside(page);
  assert.doesNotMatch(await nameOf(page), /Olga/);

  await page.goto(`${server.url}join`);
  await signIn(page, 'Olga');
  await inside(page);
  assert.match(await nameOf(page), /Olga/);
  assert.deepEqual(wrong(page), []);
});

test('a wrong password is told, and the right one still does', async () => {
  const page = await stranger('join');
  await page.getByRole('button', { name: 'Make an account' }).click();
  await page.getByRole('heading', { name: 'Make an account' }).waitFor();
  await signUp(page, 'Wanda');
  await signOut(page);
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await signIn(page, 'Wanda', 'wrong horse battery');
  await page.getByText('name or password is wrong').waitFor();
  assert.deepEqual(await violations(page), []);
  await signIn(page, 'Wanda');
  await inside(page);
  assert.deepEqual(wrong(page), []);
});

test('a password can be looked at', async () => {
  const page = await stranger('join');
  const field = page.getByLabel('Password', { exact: true });
  await field.fill('visible?');
  assert.equal(await field.getAttribute('type'), 'password');
  await page.getByRole('button', { name: 'Show' }).click();
  assert.equal(await field.getAttribute('type'), 'text');
});

test('a guest who makes an account stays who they are', async () => {
  const page = await enter(browser, server.url, { name: 'Gusti' });
  await say(page, 'said as a guest');
  await message(page, 'said as a guest').waitFor();
  await page.getByRole('link', { name: 'Sign in or make an account' }).click();
  await page.getByRole('button', { name: 'Make an account' }).click();
  await page.getByText('everything you have said as a guest').waitFor();
  assert.equal(await page.getByLabel('Your name').inputValue(), 'Gusti');
  await signUp(page, 'Gustav');
  const said = message(page, 'said as a guest');
  await said.waitFor();
  await isMember(page);
  await say(page, 'said as a member');
  await message(page, 'said as a member').waitFor();
  assert.deepEqual(wrong(page), []);
});

test('who is signed out elsewhere is told, and does not come back as somebody else', async () => {
  const page = await stranger('join');
  await page.getByRole('button', { name: 'Make an account' }).click();
  await signUp(page, 'Tess');
  const other = await page.context().newPage();
  await other.goto(server.url);
  await inside(other);
  await signOut(other);
  await page.getByText('You were signed out.').waitFor();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
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
    const page = await browser.newPage();
    await page.goto(closed.url);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.getByText('takes no guests').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Make an account' }).count(), 0);
    await shot(page, 'no-guests');
    await page.close();
  } finally {
    await closed.end();
  }
});
