// Where one writes: completion, emoji, formatting, what is kept of a text, and why one may not write.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import {
  act,
  banner,
  becomes,
  createRoom,
  DESK,
  edit,
  enter,
  hasFocus,
  input,
  inside,
  kept,
  message,
  named,
  oneForEach,
  PHONE,
  reactions,
  rows,
  say,
  shot,
  until,
  violations,
  visit,
} from './support.mjs';

const { server, browser } = oneForEach();

const value = (page) => input(page).inputValue();
const list = (page) => page.getByRole('listbox');
const mode = (page) => page.locator('[data-mode]');
/** Until what helps with writing has come. */
const ready = (page) => page.getByRole('button', { name: 'Emoji', exact: true }).waitFor();
const select = (page, from, to) => input(page).evaluate((e, [a, b]) => e.setSelectionRange(a, b), [from, to]);
const selected = (page) => input(page).evaluate((e) => e.value.slice(e.selectionStart, e.selectionEnd));
/** A paste as the browser makes it: its event, and then the text, unless somebody took it. */
const paste = (page, text) =>
  input(page).evaluate((e, pasted) => {
    e.focus();
    const data = new DataTransfer();
    data.setData('text/plain', pasted);
    const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
    if (e.dispatchEvent(event)) document.execCommand('insertText', false, pasted);
  }, text);

async function comes(name, more = {}) {
  const page = await enter(browser, server.url, { name, ...more });
  await ready(page);
  return page;
}

describe('completion', { timeout: 900_000 }, () => {
  test('people by keyboard, in the middle of a text; who is named is told', async () => {
    const ann = await comes('Ann');
    const bob = await comes('Bob Marlowe');
    await input(ann).fill(' see this');
    await select(ann, 0, 0);
    await input(ann).pressSequentially('hey @bo');
    const option = list(ann).getByRole('option', { name: 'Bob Marlowe' });
    await option.waitFor();
    await becomes(() => option.getAttribute('aria-selected'), 'true');
    await becomes(() => input(ann).getAttribute('aria-activedescendant'), await option.getAttribute('id'));
    await becomes(() => input(ann).getAttribute('aria-controls'), await list(ann).getAttribute('id'));
    await input(ann).press('Enter');
    await becomes(() => value(ann), 'hey @Bob Marlowe see this');
    await list(ann).waitFor({ state: 'detached' });
    await becomes(() => input(ann).getAttribute('aria-activedescendant'), null);
    await input(ann).press('Enter');
    await message(bob, 'hey @Bob Marlowe see this').waitFor();
    assert.deepEqual(ann.wrong, []);
  });

  test('arrows choose, Escape closes and stays closed, Tab takes; a name in full is sent by Enter', async () => {
    const ann = await comes('Ann');
    await comes('Carla');
    await comes('Carlos');
    await input(ann).pressSequentially('@carl');
    const offered = () => list(ann).getByRole('option').locator('bdi').allInnerTexts();
    const chosen = () => list(ann).locator('[aria-selected=true] bdi').allInnerTexts();
    // Those who are here are offered at once, others when the server has answered.
    await until(async () => (await offered()).length === 2, 'both are offered');
    const [, second] = await offered();
    await input(ann).press('ArrowDown');
    await becomes(chosen, [second], 'the second is chosen');
    await input(ann).press('Escape');
    await list(ann).waitFor({ state: 'detached' });
    await input(ann).press('o');
    await input(ann).press('Backspace');
    await becomes(() => list(ann).count(), 0);
    await input(ann).fill('');
    await input(ann).pressSequentially('@carl');
    await until(async () => (await offered()).length === 2, 'both are offered again');
    await input(ann).press('ArrowDown');
    await becomes(chosen, [second], 'the second is chosen again');
    await input(ann).press('Tab');
    await becomes(() => value(ann), `@${second} `);
    await input(ann).fill('');
    await input(ann).pressSequentially('@Carla');
    await becomes(offered, ['Carla'], 'the only one');
    await input(ann).press('Enter');
    await message(ann, '@Carla').waitFor();
  });

  test('an input method keeps its Enter, and the list comes when it is done', async () => {
    const ann = await comes('Ann');
    await comes('李雷');
    const cdp = await ann.context().newCDPSession(ann);
    await input(ann).pressSequentially('@');
    await list(ann).waitFor();
    await cdp.send('Input.imeSetComposition', { text: '李', selectionStart: 1, selectionEnd: 1 });
    await cdp.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 });
    await becomes(() => value(ann), '@李', 'it is still composed');
    await cdp.send('Input.insertText', { text: '李' });
    await list(ann).getByRole('option', { name: '李雷' }).waitFor();
    await input(ann).press('Enter');
    await becomes(() => value(ann), '@李雷 ');
  });

  test('everybody is called only after a word about how many that is; rooms; a tap', async () => {
    const ann = await comes('Ann');
    await createRoom(ann, 'Orangery');
    await visit(ann, 'Lobby');
    await input(ann).pressSequentially('@her');
    await list(ann).getByRole('option', { name: /^here/ }).click();
    await becomes(() => value(ann), '@here ');
    await ann.locator('[data-everybody]').getByText(/\d (person|people)/).waitFor();
    await input(ann).fill('');
    await ann.locator('[data-everybody]').waitFor({ state: 'detached' });
    await input(ann).pressSequentially('in #oran');
    await list(ann).getByRole('option', { name: /Orangery/ }).click();
    await becomes(() => value(ann), 'in #Orangery ');
    await becomes(() => hasFocus(input(ann)), true, 'one can write on');
    await input(ann).fill('');
  });
});

describe('emoji', { timeout: 900_000 }, () => {
  test('from two letters on; the whole name at once; undone it stays undone', async () => {
    const ann = await comes('Ann');
    await input(ann).pressSequentially(':ta');
    await list(ann).getByRole('option', { name: ':tada:' }).waitFor();
    await input(ann).press('d');
    await until(async () => (await list(ann).getByRole('option').count()) === 1, 'the only one');
    await input(ann).press('Enter');
    await becomes(() => value(ann), '🎉 ');
    await input(ann).fill('');
    await input(ann).pressSequentially('well :tada:');
    await becomes(() => value(ann), 'well 🎉', 'the name became the sign');
    await input(ann).press('Control+z');
    await becomes(() => value(ann), 'well :tada:', 'as it was typed');
    await input(ann).fill('');
    await input(ann).pressSequentially('fine :) at 10:30: `:tada:`');
    await becomes(() => value(ann), 'fine :) at 10:30: `:tada:`');
  });

  test('the picker: by word, by arrows, in a tone, and what was used lately', async () => {
    const ann = await comes('Ann');
    const button = ann.getByRole('button', { name: 'Emoji', exact: true });
    await input(ann).fill('so');
    await button.click();
    const picker = ann.getByRole('dialog', { name: 'Emoji' });
    const search = picker.getByRole('searchbox');
    await search.fill('birthday');
    await until(async () => (await picker.getByRole('gridcell').count()) < 100, 'only those that were sought');
    await picker.getByRole('gridcell', { name: 'birthday', exact: true }).waitFor();
    await search.press('Enter');
    await picker.waitFor({ state: 'detached' });
    await until(async () => /^so \p{ExtPict}$/u.test(await value(ann)), 'it is in the text');
    await becomes(() => hasFocus(input(ann)), true, 'one can write on');

    await input(ann).fill('');
    await button.click();
    await picker.getByRole('gridcell').first().waitFor();
    await search.press('ArrowDown');
    const first = await until(() => ann.evaluate(() => document.activeElement.dataset.glyph), 'into the grid');
    for (const key of ['ArrowDown', 'ArrowRight', 'ArrowLeft', 'ArrowUp']) await ann.keyboard.press(key);
    await becomes(() => ann.evaluate(() => document.activeElement.dataset.glyph), first, 'round and back');
    await ann.keyboard.press('Control+End');
    await becomes(() => ann.evaluate(() => document.activeElement.getAttribute('aria-label')), 'wales');
    // Whoever types on looks for another one.
    await ann.keyboard.type('thumbsup');
    await picker.getByRole('gridcell', { name: '+1' }).waitFor();
    await picker.getByRole('button', { name: 'Skin tone' }).click();
    await ann.getByRole('menuitemradio', { name: 'Dark', exact: true }).click();
    await picker.getByRole('gridcell', { name: '+1' }).click();
    await becomes(() => value(ann), '👍🏿', 'a thumb in its tone');
    await button.click();
    await picker.getByRole('rowgroup', { name: 'Used lately' }).getByRole('gridcell', { name: '+1' }).waitFor();
    await ann.keyboard.press('Escape');
    await picker.waitFor({ state: 'detached' });
    assert.deepEqual(ann.wrong, []);
  });
});

describe('shaping', { timeout: 900_000 }, () => {
  test('keys and marks go around what is selected, and can be undone', async () => {
    const ann = await comes('Ann');
    await input(ann).fill('say this now');
    await select(ann, 4, 8);
    await input(ann).press('Control+b');
    await becomes(() => value(ann), 'say **this** now');
    await becomes(() => selected(ann), 'this');
    await input(ann).press('Control+b');
    await becomes(() => value(ann), 'say this now');
    await input(ann).press('Control+i');
    await becomes(() => value(ann), 'say *this* now');
    await input(ann).press('Control+z');
    await becomes(() => value(ann), 'say this now');
    await select(ann, 4, 8);
    await ann.keyboard.type('`');
    await becomes(() => value(ann), 'say `this` now');
    await select(ann, 0, 0);
    await ann.getByRole('button', { name: 'Quote' }).click();
    await becomes(() => value(ann), '> say `this` now');
    await becomes(() => hasFocus(input(ann)), true, 'one can write on');
  });

  test('lists go on', async () => {
    const ann = await comes('Ann');
    await input(ann).pressSequentially('1. one');
    await input(ann).press('Shift+Enter');
    await input(ann).pressSequentially('two');
    await input(ann).press('Shift+Enter');
    await becomes(() => value(ann), '1. one\n2. two\n3. ');
    await input(ann).press('Shift+Enter');
    await becomes(() => value(ann), '1. one\n2. two\n');
    await input(ann).press('Enter');
    await until(async () => (await rows(ann).last().locator('li').count()) === 2, 'a list of two');
  });

  test('an address pasted over words is their link; code may be shown as code; too much is told', async () => {
    const ann = await comes('Ann');
    await input(ann).fill('see the notes');
    await select(ann, 8, 13);
    await paste(ann, 'https://example.org/notes');
    await becomes(() => value(ann), 'see the [notes](https://example.org/notes)');
    await input(ann).fill('');
    const code = 'if (a) {\n  b();\n}';
    await paste(ann, code);
    await ann.getByRole('button', { name: 'Show it as code' }).click();
    await becomes(() => value(ann), `\`\`\`\n${code}\n\`\`\``);
    await input(ann).press('Control+z');
    await becomes(() => value(ann), code);
    await input(ann).fill('x'.repeat(66_000));
    await ann.getByText(/\d characters too many/).waitFor();
    await input(ann).press('Enter');
    await ann.getByRole('alert').waitFor();
    assert.equal((await value(ann)).length, 66_000);
    await input(ann).fill('');
    await ann.getByText(/characters too many/).waitFor({ state: 'detached' });
  });
});

describe('what is kept', { timeout: 900_000 }, () => {
  test('the draft and what it answers, over rooms and a reload', async () => {
    const ann = await comes('Ann');
    const bob = await comes('Bob');
    await say(bob, 'a question?');
    await act(ann, 'a question?', 'Reply');
    await mode(ann).waitFor();
    await input(ann).fill('half an answ');
    await createRoom(ann, 'Attic');
    await becomes(() => value(ann), '', 'nothing was begun there');
    await visit(ann, 'Lobby');
    await becomes(() => value(ann), 'half an answ', 'the draft');
    await until(async () => /Bob[^]*a question\?/.test(await mode(ann).innerText()), 'what it answers');
    await ann.reload();
    await inside(ann);
    await becomes(() => value(ann), 'half an answ', 'the draft after a reload');
    await mode(ann).getByText('a question?').waitFor();
    await input(ann).press('End');
    await input(ann).pressSequentially('er');
    await input(ann).press('Enter');
    await message(bob, 'half an answer').locator('[data-quote]').waitFor();
    await becomes(() => value(ann), '', 'nothing is left');
    await ann.reload();
    await inside(ann);
    await becomes(() => value(ann), '');
    await becomes(() => mode(ann).count(), 0);
  });

  test('↑ changes the last one, also over a reload; Escape gives the draft back; Shift and ↑ answers', async () => {
    const ann = await comes('Ann');
    const bob = await comes('Bob');
    await say(ann, 'an erorr');
    await kept(ann, 'an erorr');
    await input(ann).press('ArrowUp');
    await becomes(() => value(ann), 'an erorr', 'the text to change');
    await input(ann).fill('an error, chan');
    await ann.reload();
    await inside(ann);
    await becomes(() => value(ann), 'an error, chan', 'the change that was begun');
    await becomes(() => mode(ann).getAttribute('data-mode'), 'edit', 'it is still a change');
    await input(ann).press('Escape');
    await becomes(() => value(ann), '', 'no draft there was');
    await kept(ann, 'an erorr');
    await input(ann).press('ArrowUp');
    await becomes(() => value(ann), 'an erorr', 'as it was said');
    await input(ann).fill('an error');
    await input(ann).press('Enter');
    await message(bob, 'an error').waitFor();
    await say(bob, 'thank you');
    await message(ann, 'thank you').waitFor();
    await becomes(() => value(ann), '', 'the field is free again');
    await input(ann).press('Shift+ArrowUp');
    await becomes(() => mode(ann).getAttribute('data-mode'), 'reply', 'an answer');
    await input(ann).fill('not at all');
    await input(ann).press('Enter');
    await message(bob, 'not at all').locator('[data-quote]').waitFor();
  });
});

describe('on a phone', { timeout: 900_000 }, () => {
  test('Enter is a new line, the keyboard stays, the buttons for shape come when wanted', async () => {
    const ann = await comes('Ann', { size: PHONE, touch: true });
    await input(ann).tap();
    await becomes(() => ann.getByRole('button', { name: 'Bold' }).isVisible(), false);
    await ann.getByRole('button', { name: 'Formatting' }).tap();
    await ann.getByRole('button', { name: 'Bold' }).tap();
    await becomes(() => value(ann), '****', 'the marks are there');
    await becomes(() => hasFocus(input(ann)), true, 'and the field is still written in');
    await ann.keyboard.type('one');
    await becomes(() => value(ann), '**one**');
    await input(ann).press('End');
    await input(ann).press('Enter');
    await ann.keyboard.type('two');
    await becomes(() => value(ann), '**one**\ntwo');
    await ann.getByRole('button', { name: 'Send' }).tap();
    await becomes(() => value(ann), '', 'sent');
    await becomes(() => hasFocus(input(ann)), true, 'one can write on');
  });
});

/** Says something to the server as the person of this page. */
const command = (page, what) =>
  page.evaluate(
    (said) =>
      new Promise((done, failed) => {
        const ws = new WebSocket('/ws', 'hubbub.v1');
        ws.addEventListener('open', () => ws.send(JSON.stringify({ op: 'hello', id: '1' })));
        ws.addEventListener('error', failed);
        ws.addEventListener('message', (e) => {
          const frame = JSON.parse(e.data);
          if (frame.ev === 'ready') ws.send(JSON.stringify({ ...said, id: '2' }));
          if (frame.re !== '2') return;
          ws.close();
          done(frame);
        });
      }),
    what,
  );

/** Somebody with an account, made by a link. */
async function member(link, name) {
  const page = await enter(browser, server.url);
  await page.goto(link.replace(/^(?:https?:\/\/[^/]+)?\/*/, server.url));
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('A password').fill('correct horse battery');
  await page.getByRole('button', { name: 'Make an account' }).click();
  // The owner is shown around first.
  await page.waitForURL((url) => !url.pathname.startsWith('/join'));
  await page.goto(server.url);
  await inside(page);
  await ready(page);
  return page;
}

const owner = async () => member(await until(() => /join#[\w-]{43}/.exec(server.said)?.[0], 'the link is printed'), 'Olga');

describe('what is deleted while one changes it', { timeout: 900_000 }, () => {
  const seqOf = async (page, text) => Number(await message(page, text).last().getAttribute('data-seq'));
  const remove = async (olga, target) =>
    assert.equal((await command(olga, { op: 'delete', room: 'lobby', target, cid: randomBytes(16).toString('hex') })).ok, true);

  test('its text becomes the draft; beside a draft it stays in the field until one says so', async () => {
    const olga = await owner();
    const ann = await comes('Ann');
    await say(ann, 'a plan');
    await kept(ann, 'a plan');
    const plan = await seqOf(ann, 'a plan');
    await input(ann).press('ArrowUp');
    await becomes(() => value(ann), 'a plan', 'the text to change');
    await input(ann).fill('a long plan');
    await remove(olga, plan);
    await mode(ann).getByText('What you wrote is your draft now.').waitFor();
    await becomes(() => value(ann), 'a long plan', 'nothing is lost');
    await input(ann).press('Enter');
    await kept(ann, 'a long plan');
    await becomes(() => mode(ann).count(), 0, 'said as any other message');

    const long = await seqOf(ann, 'a long plan');
    await input(ann).fill('by the way');
    await act(ann, 'a long plan', 'Edit');
    await becomes(() => value(ann), 'a long plan', 'the text to change');
    await input(ann).fill('a longer plan');
    await remove(olga, long);
    await mode(ann).getByText('What you wrote stays here, beside your draft.').waitFor();
    await input(ann).press('Enter');
    await ann.getByRole('alert').getByText('This message was deleted').last().waitFor();
    await becomes(() => value(ann), 'a longer plan', 'it cannot be saved, and stays');
    assert.deepEqual(await violations(ann, '[data-mode]'), []);
    await mode(ann).getByRole('button', { name: 'Add to the draft' }).click();
    await becomes(() => value(ann), 'by the way\n\na longer plan', 'both');
    await input(ann).press('Escape');
    await becomes(() => mode(ann).count(), 0);
    assert.equal(await value(ann), 'by the way\n\na longer plan');
    assert.deepEqual(ann.wrong, []);
  });

  test('also where the page was away meanwhile, before or after one has saved it', async () => {
    const olga = await owner();
    const ann = await comes('Ann');
    for (const text of ['one', 'two']) {
      await say(ann, text);
      await kept(ann, text);
    }
    const [one, two] = [await seqOf(ann, 'one'), await seqOf(ann, 'two')];
    await ann.context().setOffline(true);
    await server.kill();
    await banner(ann).waitFor();
    await server.start();
    await edit(ann, 'two', 'two as it should be');
    await kept(olga, 'two');
    await remove(olga, two);
    await ann.context().setOffline(false);
    await ann.getByText('Not changed: the message is not there any more').waitFor();
    await ann.getByRole('button', { name: 'Keep the text as a draft' }).click();
    await becomes(() => value(ann), 'two as it should be', 'what was refused is the draft');
    await input(ann).fill('');

    await act(ann, 'one', 'Edit');
    await becomes(() => value(ann), 'one', 'the text to change');
    await input(ann).fill('one as it should be');
    await ann.goto('about:blank');
    await remove(olga, one);
    await ann.goto(server.url);
    await inside(ann);
    await mode(ann).getByText('What you wrote is your draft now.').waitFor();
    await becomes(() => value(ann), 'one as it should be', 'the change that was begun');
  });
});

describe('who may not', { timeout: 900_000 }, () => {
  test('is told why, keeps the draft, and can write when it is over', async () => {
    const olga = await owner();
    const ann = await comes('Ann');
    await input(ann).fill('what I was about to say');
    assert.equal((await command(olga, { op: 'brake', members_only: true })).ok, true);
    const line = ann.locator('[data-read-only]');
    await line.getByText(/only members may write/).waitFor();
    await line.getByRole('link', { name: 'Sign in' }).waitFor();
    await becomes(() => input(ann).count(), 0);
    assert.deepEqual(await violations(ann, '[data-read-only]'), []);

    assert.equal((await command(olga, { op: 'brake', members_only: false, slow_ms: 15_000 })).ok, true);
    await input(ann).waitFor();
    await becomes(() => value(ann), 'what I was about to say', 'the draft');
    await input(ann).press('Enter');
    await message(ann, 'what I was about to say').waitFor();
    await input(ann).fill('and more');
    const button = ann.getByRole('button', { name: /^Send: in \d+ seconds/ });
    await button.waitFor();
    await input(ann).press('Enter');
    // As long as it has not run out, however slow the machine is.
    const [text, waits, disabled] = await ann.evaluate(() => {
      const send = document.querySelector('main button[type=submit]');
      return [document.querySelector('[data-composer]').value, send.ariaLabel ?? '', send.disabled];
    });
    assert.deepEqual([text, disabled], ['and more', true], `not before its time: ${waits}`);
    await ann.getByRole('button', { name: 'Send', exact: true }).waitFor();
    await input(ann).press('Enter');
    await message(olga, 'and more').waitFor();
    // Whoever keeps order need not wait.
    await say(olga, 'one');
    await say(olga, 'two');
    await message(ann, 'two').waitFor();
    assert.deepEqual(ann.wrong, []);
  });

  test('slow mode holds back what is said, and no command', async () => {
    const olga = await owner();
    const ann = await comes('Ann', { size: PHONE, touch: true });
    assert.equal((await command(olga, { op: 'brake', members_only: false, slow_ms: 3_600_000 })).ok, true);
    await input(ann).fill('for an hour');
    await ann.getByRole('button', { name: 'Send', exact: true }).tap();
    await kept(ann, 'for an hour');
    const waits = ann.getByRole('button', { name: /^Send: in \d+ seconds/ });
    const send = ann.getByRole('button', { name: 'Send', exact: true });
    for (const said of ['and more', '/shrug', '/etc/passwd']) {
      await input(ann).fill(said);
      await waits.waitFor();
      assert.equal(await waits.isDisabled(), true, said);
    }
    await input(ann).fill('/nick Anna');
    await send.tap();
    await named(ann, 'Anna');
    await becomes(() => value(ann), '', 'it is done');
    await waits.waitFor();
    assert.deepEqual(ann.wrong, []);
  });

  test('whoever is named but not there: said, and brought in by a press', async () => {
    const olga = await owner();
    const { link } = await command(olga, { op: 'invite' });
    const nora = await member(link, 'Nora');
    const { room } = await command(olga, { op: 'create', cid: '0123456789abcdef'.repeat(2), name: 'Vault', kind: 'private' });
    await olga.goto(`${server.url}r/${room}`);
    await ready(olga);
    await input(olga).pressSequentially('@nor');
    await list(olga).getByRole('option', { name: /Nora[^]*not in this room/ }).click();
    await input(olga).pressSequentially('come in');
    await input(olga).press('Enter');
    const hint = olga.locator('[data-outside]');
    await hint.getByText('Nora is not in this room and will not see it.').waitFor();
    await hint.getByRole('button', { name: 'Add' }).click();
    await hint.waitFor({ state: 'detached' });
    await nora.locator('[data-room="Vault"]').first().waitFor();
  });
});

describe('commands', { timeout: 900_000 }, () => {
  const wrong = (page) => page.locator('form [role=alert]').innerText();

  test('are offered at the very beginning, taken and done', async () => {
    const ann = await comes('Ann');
    await input(ann).pressSequentially('/ni');
    const option = list(ann).getByRole('option', { name: '/nick' });
    await option.waitFor();
    assert.match(await option.innerText(), /\/nick\s*name\s*Change your name/);
    await input(ann).press('Enter');
    await becomes(() => value(ann), '/nick ');
    await input(ann).pressSequentially('Anna Bee');
    await input(ann).press('Enter');
    await named(ann, 'Anna Bee');
    await becomes(() => value(ann), '', 'the field is empty');
    await becomes(() => rows(ann).count(), 0);
    await input(ann).pressSequentially('see /ni');
    await becomes(() => list(ann).count(), 0);
    // What may not be done here is not offered: nobody leaves the lobby.
    await input(ann).fill('');
    await input(ann).pressSequentially('/');
    await list(ann).waitFor();
    await becomes(() => list(ann).getByRole('option', { name: '/leave' }).count(), 0);
    assert.deepEqual(await violations(ann, 'main form'), []);
    await say(ann, '/help');
    const sheet = ann.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await sheet.getByText('/topic').waitFor();
    assert.deepEqual(await violations(ann, 'dialog'), []);
    await ann.keyboard.press('Escape');
    assert.deepEqual(ann.wrong, []);
  });

  test('what is none is not said, and stays; two slashes and paths are said', async () => {
    const ann = await comes('Ann');
    await say(ann, '/foo bar');
    await becomes(() => wrong(ann), 'There is no /foo. To say it, begin with //', 'why it was not said');
    await becomes(() => value(ann), '/foo bar');
    await becomes(() => rows(ann).count(), 0);
    await say(ann, '/topic');
    await becomes(() => wrong(ann), 'Something is missing: /topic text', 'what is missing');
    await say(ann, '/leave');
    await becomes(() => wrong(ann), 'You cannot use /leave here. To say it, begin with //', 'why not here');
    await say(ann, '/msg Nobody hello');
    await becomes(() => wrong(ann), 'Nobody here is called Nobody hello.', 'whom there is not');
    await say(ann, '//foo bar');
    await message(ann, '/foo bar').waitFor();
    await say(ann, '/etc/passwd');
    await message(ann, '/etc/passwd').waitFor();
    await say(ann, '/shrug who knows');
    await message(ann, 'who knows ¯\\_(ツ)_/¯').waitFor();
    // A change to a message is its new text, whatever it begins with.
    await kept(ann, 'who knows ¯\\_(ツ)_/¯');
    await input(ann).press('ArrowUp');
    await becomes(() => value(ann), 'who knows ¯\\_(ツ)_/¯', 'the text to change');
    await input(ann).fill('/help me');
    await input(ann).press('Enter');
    await message(ann, '/help me').waitFor();
    assert.deepEqual(ann.wrong, []);
  });

  test('rooms and people: made, joined, left, brought in, written to', async () => {
    const ann = await comes('Ann');
    const bob = await comes('Bob Marlowe');
    await createRoom(ann, 'The den');
    await ready(ann);
    await say(ann, '/topic what foxes say');
    await ann.getByRole('banner').getByText('what foxes say').waitFor();
    await input(ann).pressSequentially('/invite b');
    await list(ann).getByRole('option', { name: 'Bob Marlowe' }).waitFor();
    await input(ann).press('Tab');
    await becomes(() => value(ann), '/invite @Bob Marlowe ');
    await input(ann).press('Enter');
    await visit(bob, 'The den');
    await say(bob, '/leave');
    await becomes(() => bob.locator('[data-title]').innerText(), 'Lobby', 'Bob is where everybody is');
    await input(bob).pressSequentially('/join den');
    await list(bob).getByRole('option', { name: 'The den' }).click();
    await input(bob).press('Enter');
    await bob.locator('[data-title]').getByText('The den', { exact: true }).waitFor();
    await say(ann, '/msg Bob Marlowe for you *alone*');
    await ann.locator('[data-title]').getByText('Bob Marlowe', { exact: true }).waitFor();
    await message(ann, 'for you alone').waitFor();
    await visit(bob, 'Ann');
    await message(bob, 'for you alone').waitFor();
    await visit(ann, 'The den');
    await becomes(() => value(ann), '');
    await becomes(() => ann.getByText('for you').count(), 0);
    await say(ann, '/mute');
    await ann.getByText('No more notifications from The den.').waitFor();
    await say(ann, '/search foxes');
    await ann.getByRole('searchbox').waitFor();
    await becomes(() => ann.getByRole('searchbox').inputValue(), 'foxes');
    assert.deepEqual([...ann.wrong, ...bob.wrong], []);
  });

  test('without a server they wait, and the text stays', async () => {
    const ann = await comes('Ann');
    await server.kill();
    await ann.locator('[data-banner=connection]').waitFor();
    await say(ann, '/msg Bob hello');
    await becomes(() => wrong(ann), 'That did not work: the connection was lost', 'why not');
    await becomes(() => value(ann), '/msg Bob hello');
    await server.start();
  });
});

describe('everybody can use it', { timeout: 900_000 }, () => {
  for (const [where, size] of [
    ['desk', DESK],
    ['phone', PHONE],
  ]) {
    for (const scheme of ['light', 'dark']) {
      test(`axe finds nothing: ${where}, ${scheme}`, async () => {
        const ann = await comes('Ann', { size, scheme });
        await say(ann, 'hello');
        await kept(ann, 'hello');
        await input(ann).press('Shift+ArrowUp');
        await input(ann).pressSequentially('@room and :sm');
        await list(ann).waitFor();
        assert.deepEqual(await violations(ann, 'main form'), []);
        await shot(ann, `composer-${where}-${scheme}`);
        await input(ann).press('Escape');
        await ann.getByRole('button', { name: 'Emoji', exact: true }).click();
        await ann.getByRole('gridcell').first().waitFor();
        await shot(ann, `emoji-${where}-${scheme}`);
        // Of two thousand cells alike a few say as much.
        await ann.getByRole('searchbox').fill('moon');
        await until(async () => (await ann.getByRole('gridcell').count()) < 100, 'those that were sought');
        assert.deepEqual(await violations(ann, '[popover]'), []);
        assert.deepEqual(ann.wrong, []);
      });
    }
  }

  test('any emoji for a message', async () => {
    const ann = await comes('Ann');
    await say(ann, 'react to this');
    await kept(ann, 'react to this');
    await act(ann, 'react to this', 'React');
    const dialog = ann.getByRole('dialog', { name: 'React' });
    await dialog.getByRole('searchbox').fill('owl');
    await dialog.getByRole('gridcell', { name: 'owl' }).click();
    await becomes(() => reactions(ann, 'react to this'), '🦉1', 'an owl');
  });
});
