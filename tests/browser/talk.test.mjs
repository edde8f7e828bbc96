// Two people and a tutorial client talk through the real program.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import {
  becomes,
  chooseMine,
  enter,
  hasFocus,
  input,
  inside,
  kept,
  message,
  named,
  notices,
  oneForEach,
  rename,
  rows,
  say,
  until,
} from './support.mjs';
import { tutorialClient } from './wire.mjs';

const { server, browser } = oneForEach('--away-ms', '500');

const side = (page, text) => message(page, text).first().getAttribute('data-message');
const names = (page) => page.getByRole('complementary').getByRole('listitem').allInnerTexts();
/** Whoever is in the room stays in the list, as one who is away. */
const here = async (page, name) => (await names(page)).some((n) => n.startsWith(name) && !/\baway/.test(n));
const noticed = async (page) => (await notices(page).allInnerTexts()).join('\n');

describe('talking', { timeout: 900_000 }, () => {
  test('one enters at once as a guest, with the cursor where one types', async () => {
    const ann = await enter(browser, server.url);
    const button = ann.locator('[data-me]');
    assert.match(await button.getAttribute('data-me'), /^Guest \d{4}$/);
    await becomes(() => hasFocus(input(ann)), true, 'the cursor');
    await ann.keyboard.type('at once');
    await becomes(() => input(ann).inputValue(), 'at once', 'what was typed');
    await becomes(() => ann.getByRole('heading', { name: 'Chat History' }).isVisible(), true);
    await becomes(() => ann.getByRole('button', { name: 'Send' }).isVisible(), true);
    assert.deepEqual(ann.wrong, []);
  });

  test('two windows: one column in one order, and what is said by oneself says so', async () => {
    const ann = await enter(browser, server.url, { name: 'Ann' });
    const bob = await enter(browser, server.url, { name: 'Bob' });
    await say(ann, 'hello from ann');
    await say(bob, 'hello from bob');
    for (const page of [ann, bob]) {
      await message(page, 'hello from ann').waitFor();
      await message(page, 'hello from bob').waitFor();
    }
    await becomes(() => side(ann, 'hello from ann'), 'mine');
    await becomes(() => side(bob, 'hello from ann'), 'theirs');
    await becomes(() => side(bob, 'hello from bob'), 'mine');
    const begins = (text) => ann.getByText(text, { exact: true }).evaluate((e) => e.getBoundingClientRect().x);
    await becomes(() => begins('hello from ann'), await begins('hello from bob'), 'all stand in one column');
    const marked = async (text) => (await message(ann, text).getByText('you', { exact: true }).count()) > 0;
    await becomes(async () => [await marked('hello from ann'), await marked('hello from bob')], [true, false], 'whose they are');

    for (let i = 0; i < 20; i++) await say(i % 2 ? ann : bob, `turn ${i}`);
    const turns = async (page) => (await rows(page).allInnerTexts()).map((t) => /turn \d+/.exec(t)?.[0]).filter(Boolean);
    for (const page of [ann, bob]) await until(async () => (await turns(page)).length === 20, 'all turns');
    // What one says oneself stands at the end until it is confirmed: neither is the measure of the other before that.
    await until(async () => isDeepStrictEqual(await turns(ann), await turns(bob)), 'in one order');
    assert.deepEqual([ann.wrong, bob.wrong], [[], []]);
  });

  test('who is here, comings and goings, a new name, focus', async () => {
    const ann = await enter(browser, server.url, { name: 'Ann' });
    const bob = await enter(browser, server.url, { name: 'Bob' });
    await until(async () => (await names(ann)).some((n) => n.startsWith('Bob')), 'Ann sees Bob');
    await until(async () => /Bob joined/.test(await noticed(ann)), 'the notice of his coming');
    await rename(bob, 'Robert');
    await until(async () => (await names(ann)).some((n) => n.startsWith('Robert')), 'Ann sees the new name');
    await named(bob, 'Robert');

    await say(bob, 'between');
    await message(ann, 'between').waitFor();
    // Headless windows all believe that they have the focus: say otherwise as the browser would.
    await bob.evaluate(() => {
      document.hasFocus = () => false;
      window.dispatchEvent(new Event('blur'));
    });
    await until(async () => (await names(ann)).some((n) => /Robert[^]*idle/.test(n)), 'Robert is idle');
    await bob.evaluate(() => {
      document.hasFocus = () => true;
      window.dispatchEvent(new Event('focus'));
    });
    await until(async () => (await names(ann)).some((n) => /Robert[^]*\bactive/.test(n)), 'Robert is active again');

    await bob.context().close();
    await until(async () => /Robert left/.test(await noticed(ann)), 'the notice of his going');
    await until(async () => !(await here(ann, 'Robert')), 'he is not here any more');
  });

  test('whoever belongs to the room can be named in it, away and silent as they are', async () => {
    const cleo = await enter(browser, server.url, { name: 'Cleo' });
    await cleo.context().close();
    const ann = await enter(browser, server.url, { name: 'Ann' });
    await until(async () => !(await here(ann, 'Cleo')), 'she is gone');
    await ann.reload();
    await inside(ann);
    await say(ann, 'ask @Cleo about it');
    await rows(ann).locator('[data-mention]').getByText('@Cleo').waitFor();
  });

  test('a name that is taken becomes a free one, and one is told', async () => {
    await enter(browser, server.url, { name: 'Ann' });
    const other = await enter(browser, server.url);
    await chooseMine(other, 'Change your name');
    await other.getByRole('textbox', { name: 'Your name' }).fill('ann');
    await other.getByRole('button', { name: 'Save' }).click();
    await other.getByText(/you are “ann 2” now/i).waitFor();
    await other.keyboard.press('Escape');
    await other.getByRole('dialog').waitFor({ state: 'detached' });
  });

  test('two tabs of one browser are one person; a reload keeps name and unsent text', async () => {
    const ann = await enter(browser, server.url, { name: 'Ann' });
    const tab = await ann.context().newPage();
    await tab.goto(server.url);
    await inside(tab);
    await say(ann, 'from the first tab');
    await message(tab, 'from the first tab').waitFor();
    await becomes(() => side(tab, 'from the first tab'), 'mine');
    await becomes(async () => (await names(tab)).filter((n) => n.startsWith('Ann')).length, 1, 'she is here once');
    await input(tab).fill('not yet sent');
    await tab.reload();
    await inside(tab);
    await becomes(() => input(tab).inputValue(), 'not yet sent', 'the unsent text');
    await named(tab, 'Ann');
  });

  test('the tutorial\'s clients and the page hear each other', async () => {
    const ann = await enter(browser, server.url, { name: 'Ann' });
    const visitor = await tutorialClient(server.url);
    const heard = [];
    visitor.on('message', (data) => heard.push(JSON.parse(String(data)).body));
    visitor.send('hello from the tutorial');
    await message(ann, 'hello from the tutorial').waitFor();
    await becomes(() => side(ann, 'hello from the tutorial'), 'theirs');
    assert.match(await message(ann, 'hello from the tutorial').innerText(), /^Visitor \w+/);
    await say(ann, 'hello to the tutorial');
    await until(() => heard.includes('hello to the tutorial'), 'the visitor hears Ann');
    await kept(ann, 'hello to the tutorial');
    const earlier = await rows(ann).count();
    visitor.send('');
    visitor.send('after the empty one');
    await message(ann, 'after the empty one').waitFor();
    await becomes(() => rows(ann).count(), earlier + 1);
    visitor.close();
  });
});

describe('typing', { timeout: 900_000 }, () => {
  test('Enter sends, Shift+Enter breaks the line, what is empty is not sent', async () => {
    const ann = await enter(browser, server.url, { name: 'Ann' });
    const earlier = await rows(ann).count();
    await input(ann).press('Enter');
    await input(ann).fill('   \n ');
    await input(ann).press('Enter');
    await until(() => ann.getByRole('button', { name: 'Send' }).isDisabled(), 'nothing to send');
    await input(ann).fill('');
    await input(ann).pressSequentially('one');
    await input(ann).press('Shift+Enter');
    await input(ann).pressSequentially('two');
    await becomes(() => input(ann).inputValue(), 'one\ntwo');
    await input(ann).press('Enter');
    await becomes(() => rows(ann).count(), earlier + 1, 'exactly one message');
    await until(async () => /one\ntwo/.test(await rows(ann).last().innerText()), 'in two lines');
    await becomes(() => input(ann).inputValue(), '', 'an empty field');
    await input(ann).fill('by the button');
    await ann.getByRole('button', { name: 'Send' }).click();
    await message(ann, 'by the button').waitFor();
    await becomes(() => hasFocus(input(ann)), true, 'the cursor is back where one types');
  });

  test('an Enter that ends a composition sends nothing', async () => {
    const ann = await enter(browser, server.url, { name: 'Ann' });
    const earlier = await rows(ann).count();
    const cdp = await ann.context().newCDPSession(ann);
    await input(ann).focus();
    await cdp.send('Input.imeSetComposition', { text: 'にほ', selectionStart: 2, selectionEnd: 2 });
    // As the browser sends it while an input method holds the key.
    await cdp.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 });
    await cdp.send('Input.insertText', { text: 'にほん' });
    await becomes(() => input(ann).inputValue(), 'にほん', 'what was composed');
    await becomes(() => rows(ann).count(), earlier);
    await input(ann).press('Enter');
    await message(ann, 'にほん').waitFor();
    await becomes(() => rows(ann).count(), earlier + 1);
  });

  test('the field grows with its text and the history stays at its end', async () => {
    const ann = await enter(browser, server.url, { name: 'Ann' });
    for (let i = 0; i < 30; i++) await say(ann, `fill ${i}`);
    await message(ann, 'fill 29').waitFor();
    const low = (await input(ann).boundingBox()).height;
    await input(ann).fill('line\n'.repeat(80));
    const height = async () => (await input(ann).boundingBox()).height;
    await until(async () => (await height()) > low * 3, 'the field has grown');
    assert.ok((await height()) <= 800 * 0.42, `height ${await height()}`);
    await becomes(() => message(ann, 'fill 29').isVisible(), true);
    await until(() => ann.getByRole('log').evaluate((e) => e.scrollHeight - e.clientHeight - e.scrollTop < 2), 'at the end');
  });

  test('what looks like markup is text, what looks like a notice is a message', async () => {
    const ann = await enter(browser, server.url, { name: 'Ann' });
    const bob = await enter(browser, server.url, { name: '<b onclick=x>Bob</b>' });
    const nasty = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
    await say(bob, nasty);
    await message(ann, nasty).waitFor();
    await until(async () => (await noticed(ann)).includes('<b onclick=x>Bob</b>'), 'the notice of his coming');
    const earlier = await noticed(ann);
    for (const forged of ['New User Joined...', 'Ann joined', '{"ev":"left"}']) {
      await say(bob, forged);
      await message(ann, forged).waitFor();
      await becomes(() => side(ann, forged), 'theirs');
    }
    await becomes(() => noticed(ann), earlier);
    await say(bob, 'go to https://example.org/a_(b), or javascript:alert(1)');
    const link = ann.getByRole('log').getByRole('link');
    await link.waitFor();
    await becomes(() => link.getAttribute('href'), 'https://example.org/a_(b)');
    assert.match(await ann.title(), /Hubbub$/);
    await becomes(() => ann.locator('[role=log] img, [role=log] script, [role=log] b').count(), 0);
    assert.deepEqual(ann.wrong, []);
  });
});
