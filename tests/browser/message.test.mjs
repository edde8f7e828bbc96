// What a message looks like, and what one can do with it: by mouse, by keyboard, by finger.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  act,
  becomes,
  enter,
  hasFocus,
  inMenu,
  kept,
  message,
  named,
  oneForEach,
  openMenu,
  PHONE,
  say,
  signUp,
  until,
  violations,
} from './support.mjs';

const { server, browser } = oneForEach('--signup', 'open');

const CODE = '```js\n// adds up\nconst sum = (a, b) => a + b;\n```';
const clipboard = (page) => page.evaluate(() => navigator.clipboard.readText());

async function letCopy(page) {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(server.url).origin });
}

test('markdown is shown as what it means, and nothing in it is markup', { timeout: 240_000 }, async () => {
  const ann = await enter(browser, server.url, { name: 'Ann' });
  await say(ann, '**bold** *italic* ~~gone~~ `code` [site](https://example.org) <b>x</b>\n- one\n- two\n> quoted');
  const row = ann.locator('[data-message]').last();
  await row.locator('strong', { hasText: 'bold' }).waitFor();
  await becomes(() => row.locator('em, s, code, li, blockquote, a').allInnerTexts(), ['italic', 'gone', 'code', 'site', 'one', 'two', 'quoted']);
  await becomes(() => row.locator('b').count(), 0);
  const link = row.getByRole('link', { name: 'site' });
  assert.deepEqual([await link.getAttribute('href'), await link.getAttribute('rel')], ['https://example.org', 'noopener noreferrer nofollow']);
  await say(ann, '🎉🎉');
  const size = (text) => ann.getByText(text, { exact: true }).evaluate((e) => Number.parseFloat(getComputedStyle(e).fontSize));
  await ann.getByText('🎉🎉', { exact: true }).waitFor();
  assert.ok((await size('🎉🎉')) > 1.5 * (await size('bold')), 'nothing but emoji is large');
  assert.deepEqual(ann.wrong, []);
});

test('code gets its colours later, is copied whole, and long code is folded', { timeout: 240_000 }, async () => {
  const ann = await enter(browser, server.url, { name: 'Ann' });
  await letCopy(ann);
  await say(ann, CODE);
  const block = ann.locator('[data-code=js]');
  await block.locator('pre span', { hasText: 'const' }).waitFor();
  const colours = () => block.locator('pre').evaluate((pre) => new Set([...pre.querySelectorAll('span')].map((s) => getComputedStyle(s).color)).size);
  await until(async () => (await colours()) >= 3, 'three colours');
  await becomes(() => block.locator('pre').innerText(), CODE.split('\n').slice(1, -1).join('\n'));
  // It says so only for a moment.
  await Promise.all([block.getByRole('button', { name: 'Copied' }).waitFor(), block.getByRole('button', { name: 'Copy the code' }).click()]);
  await becomes(() => clipboard(ann), '// adds up\nconst sum = (a, b) => a + b;');

  await say(ann, `\`\`\`\n${Array.from({ length: 30 }, (_, i) => `line ${i}`).join('\n')}\n\`\`\``);
  const long = ann.locator('[data-code=""]');
  const height = () => long.locator('pre').evaluate((e) => e.clientHeight);
  const more = long.getByRole('button', { name: 'Show all 30 lines' });
  await more.waitFor();
  const low = await height();
  await more.click();
  await until(async () => (await height()) > 1.5 * low, 'all of it is shown');
  assert.deepEqual(await violations(ann, '[role=log]'), []);
  assert.deepEqual(ann.wrong, []);
});

test('the menu by the secondary button, and by the keyboard, which gets the focus back', { timeout: 240_000 }, async () => {
  const ann = await enter(browser, server.url, { name: 'Ann' });
  await letCopy(ann);
  for (const text of ['first *one*', 'second']) await say(ann, text);
  await kept(ann, 'second');
  const menu = ann.getByRole('menu');
  await message(ann, 'second').click({ button: 'right' });
  await menu.waitFor();
  await becomes(() => menu.getByRole('menuitem').allInnerTexts(), ['React', 'Reply', 'Edit', 'Copy text', 'Copy link', 'Pin', 'Delivery', 'Delete…']);
  assert.deepEqual(await violations(ann, '[popover]'), []);
  await inMenu(ann, 'Copy link').click();
  await menu.waitFor({ state: 'detached' });
  await until(async () => /\/r\/\w+\/\d+$/.test(await clipboard(ann)), 'the link is copied');

  const row = ann.locator('[data-message]').first();
  await row.focus();
  await ann.keyboard.press('Enter');
  await menu.waitFor();
  await ann.keyboard.press('End');
  await becomes(() => ann.evaluate(() => document.activeElement.textContent), 'Delete…', 'the last entry');
  await ann.keyboard.press('c');
  await becomes(() => ann.evaluate(() => document.activeElement.textContent), 'Copy text', 'the first that begins so');
  await ann.keyboard.press('Escape');
  await menu.waitFor({ state: 'detached' });
  await becomes(() => hasFocus(row), true, 'the focus is where it was');
  await ann.keyboard.press('Enter');
  await menu.waitFor();
  await ann.keyboard.press('c');
  await becomes(() => ann.evaluate(() => document.activeElement.textContent), 'Copy text', 'chosen again');
  await ann.keyboard.press('Enter');
  await until(async () => (await clipboard(ann)) === 'first *one*', 'the text is copied as it was typed');
  assert.deepEqual(ann.wrong, []);
});

test('a long press opens the sheet, which stays when the finger goes', { timeout: 240_000 }, async () => {
  const ann = await enter(browser, server.url, { name: 'Ann' });
  await say(ann, 'press me');
  const cee = await enter(browser, server.url, { size: PHONE, touch: true });
  await message(cee, 'press me').waitFor();
  // What a guest is asked first comes a moment later, and pushes the list up.
  await cee.getByRole('region', { name: /^Welcome!/ }).waitFor();
  const box = await message(cee, 'press me').boundingBox();
  const touch = await cee.context().newCDPSession(cee);
  const finger = (type, touchPoints) => touch.send('Input.dispatchTouchEvent', { type, touchPoints });
  const menu = cee.getByRole('menu');
  await finger('touchStart', [{ x: box.x + box.width / 2, y: box.y + box.height / 2 }]);
  await menu.waitFor();
  await finger('touchEnd', []);
  await until(async () => {
    const sheet = await cee.locator('[popover]:popover-open').boundingBox();
    return Math.abs(sheet.y + sheet.height - PHONE.height) < 1 && sheet.width > PHONE.width - 2;
  }, 'it lies at the foot');
  for (const item of await menu.getByRole('menuitem').all()) assert.ok((await item.boundingBox()).height >= 44, 'large enough for a finger');
  assert.deepEqual(await violations(cee, '[popover]'), []);
  await inMenu(cee, '🎉').tap();
  await message(ann, 'press me').locator('[data-reaction="🎉"]').waitFor();
  assert.deepEqual(cee.wrong, []);
});

test('delivery tells when it was where; who reacted is told by name', { timeout: 240_000 }, async () => {
  const ann = await enter(browser, server.url, { name: 'Ann' });
  await say(ann, 'on its way');
  await kept(ann, 'on its way');
  await act(ann, 'on its way', 'Delivery');
  const dialog = ann.getByRole('dialog', { name: 'Delivery' });
  const times = await until(async () => {
    const all = await dialog.locator('time').evaluateAll((found) => found.map((t) => Date.parse(t.dateTime)));
    return all.length === 4 && all;
  }, 'typed, sent, kept and back');
  assert.deepEqual(times, times.toSorted((a, b) => a - b), 'in this order');
  await becomes(() => dialog.locator('dt').allInnerTexts(), ['Written', 'Sent', 'On the server’s disk', 'Back here']);
  assert.deepEqual(await violations(ann, 'dialog'), []);
  await ann.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });

  await act(ann, 'on its way', '🎉');
  const chip = message(ann, 'on its way').locator('[data-reaction="🎉"]');
  await chip.hover();
  await message(ann, 'on its way').getByRole('tooltip').getByText('You').waitFor();
  assert.deepEqual(ann.wrong, []);
});

test('several messages are copied as plain text, one as it is selected', { timeout: 240_000 }, async () => {
  const ann = await enter(browser, server.url, { name: 'Ann' });
  await letCopy(ann);
  for (const text of ['**one**', 'two', 'three']) await say(ann, text);
  await kept(ann, 'three');
  const select = (from, to) =>
    ann.evaluate(
      ([a, b]) => {
        const all = document.querySelectorAll('[data-message] p[class*=text], [data-message] [dir=auto]');
        const texts = [...all].filter((e) => e.matches('[dir=auto]'));
        getSelection().setBaseAndExtent(texts[a], 0, texts[b], texts[b].childNodes.length);
      },
      [from, to],
    );
  await select(0, 1);
  await ann.keyboard.press('Control+c');
  await until(async () => /^Ann \d\d:\d\d one\nAnn \d\d:\d\d two$/.test(await clipboard(ann)), 'two messages');
  await select(2, 2);
  await ann.keyboard.press('Control+c');
  await until(async () => (await clipboard(ann)).trim() === 'three', 'one message');
  assert.deepEqual(ann.wrong, []);
});

test('a report reaches the moderators with its reason', { timeout: 240_000 }, async () => {
  const link = await until(() => /join#[\w-]{43}/.exec(server.said)?.[0], 'the link of the owner');
  const olga = await enter(browser, server.url);
  await olga.goto(`${server.url}${link}`);
  await signUp(olga, 'Olga', 'correct horse battery');
  // The first start leads her through the settings; the talk is elsewhere.
  await olga.waitForURL('**/welcome');
  await olga.goto(server.url);
  await named(olga, 'Olga');

  const ann = await enter(browser, server.url, { name: 'Ann' });
  await say(ann, 'buy my pills');
  const bob = await enter(browser, server.url, { name: 'Bob' });
  await message(bob, 'buy my pills').waitFor();
  await openMenu(ann, 'buy my pills');
  assert.equal(await inMenu(ann, 'Report').count(), 0, 'nobody reports themselves');
  await ann.keyboard.press('Escape');
  await act(bob, 'buy my pills', 'Report');
  const dialog = bob.getByRole('dialog', { name: 'Report this message' });
  await dialog.getByLabel('What is wrong with it?').fill('spam, again');
  assert.deepEqual(await violations(bob, 'dialog'), []);
  await dialog.getByRole('button', { name: 'Report' }).click();
  await dialog.waitFor({ state: 'detached' });
  const reports = await olga.evaluate(() => fetch('/api/v1/reports').then((r) => r.json()));
  assert.deepEqual(reports.rows.map((r) => r.reason), ['spam, again']);

  // Whoever moderates deletes what others have said.
  await act(olga, 'buy my pills', 'Delete');
  await olga.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await bob.getByText('This message was deleted').waitFor();
  assert.deepEqual([ann.wrong, bob.wrong], [[], []]);
});
