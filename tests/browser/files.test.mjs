// Files in and out of the page, through the real program: chosen, pasted, dropped; on their way; shown, looked at, gone.

import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, test } from 'node:test';
import { act, becomes, DESK, enter, input, inside, leaveAll, oneForAll, PHONE, say, Server, shelf, shot, until, violations } from './support.mjs';

const { server, browser } = oneForAll('--signup', 'open', '--guests', 'on');

const tiles = (page, state) => page.locator(state ? `[data-tile=${state}]` : '[data-tile]');
/** Until files can be pasted and dropped: the ways to attach come a moment after the page. */
const ready = (page) => page.getByRole('button', { name: 'Attach files' }).waitFor();
const attach = (page, ...files) => page.locator('[data-attach]').setInputFiles(files);
/** A picture in a message, once it is drawn. */
async function seen(page, name) {
  const button = page.getByRole('button', { name: `Open picture: ${name}` });
  const drawn = () => button.locator('img').evaluateAll((all) => all.some((i) => i.complete && i.naturalWidth > 0));
  await until(drawn, `${name} is drawn`);
  return button;
}
const text = (name, size = 2000) => ({ name, mimeType: 'text/plain', buffer: Buffer.alloc(size, 'x') });

/** A picture of one colour, as the browser writes it. */
async function picture(page, name, { width = 800, height = 600, colour = '#2a8f57', type = 'image/jpeg' } = {}) {
  const bytes = await page.evaluate(
    async ([w, h, fill, kind]) => {
      const canvas = Object.assign(document.createElement('canvas'), { width: w, height: h });
      const context = canvas.getContext('2d');
      context.fillStyle = fill;
      context.fillRect(0, 0, w, h);
      const blob = await new Promise((done) => canvas.toBlob(done, kind));
      return [...new Uint8Array(await blob.arrayBuffer())];
    },
    [width, height, colour, type],
  );
  return { name, mimeType: type, buffer: Buffer.from(bytes) };
}

/** As if a camera had held it sideways and written down where it was. */
function taken(photo) {
  const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0];
  const exif = Buffer.concat([Buffer.from('Exif\0\0'), Buffer.from(tiff), Buffer.from('52.5200N 13.4050E')]);
  const head = Buffer.from([0xff, 0xe1, 0, exif.length + 2]);
  return { ...photo, buffer: Buffer.concat([photo.buffer.subarray(0, 2), head, exif, photo.buffer.subarray(2)]) };
}

/** As if a camera had written down where it was: in the box that describes the film. */
function located(clip) {
  const { buffer } = clip;
  let at = 0;
  while (buffer.toString('latin1', at + 4, at + 8) !== 'moov') at += buffer.readUInt32BE(at);
  const end = at + buffer.readUInt32BE(at);
  const place = Buffer.from('\0\0\0\x26udta\0\0\0\x1e\xa9xyz\0\x12\x15\xc7+52.5200+013.4050/', 'latin1');
  const whole = Buffer.concat([buffer.subarray(0, end), place, buffer.subarray(end)]);
  whole.writeUInt32BE(end - at + place.length, at);
  return { ...clip, buffer: whole };
}

/** Half a second of silence. */
function wave(name) {
  const rate = 8000;
  const data = Buffer.alloc(rate / 2, 128);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write('data', 36);
  head.writeUInt32LE(data.length, 40);
  return { name, mimeType: 'audio/wav', buffer: Buffer.concat([head, data]) };
}

/** A short film, as the browser records it. */
async function film(page, name, type = 'video/webm') {
  const bytes = await page.evaluate(async (mimeType) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 160, height: 120 });
    const context = canvas.getContext('2d');
    const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType });
    const parts = [];
    recorder.ondataavailable = (e) => e.data.size > 0 && parts.push(e.data);
    const ended = new Promise((done) => (recorder.onstop = done));
    recorder.start(100);
    // As long as it takes for something to be recorded.
    for (let i = 0; i < 10 || parts.length < 3; i++) {
      context.fillStyle = `hsl(${i * 36} 60% 50%)`;
      context.fillRect(0, 0, 160, 120);
      // oxlint-disable-next-line no-await-in-loop -- one frame after the other
      await new Promise((done) => requestAnimationFrame(done));
    }
    recorder.stop();
    await ended;
    return [...new Uint8Array(await new Blob(parts).arrayBuffer())];
  }, type);
  return { name, mimeType: type.split(';')[0], buffer: Buffer.from(bytes) };
}

/** The files in a bag, as a paste or a drop brings them. */
const bag = (page, files) =>
  page.evaluateHandle((all) => {
    const data = new DataTransfer();
    for (const { name, type, bytes } of all) data.items.add(new File([new Uint8Array(bytes)], name, { type }));
    return data;
  }, files.map(({ name, mimeType, buffer }) => ({ name, type: mimeType, bytes: [...buffer] })));

async function paste(page, ...files) {
  const data = await bag(page, files);
  await input(page).evaluate((field, clipboardData) => {
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, data);
}

const drag = async (page, type, data) => page.dispatchEvent('[data-composer]', type, { dataTransfer: data });

/** Nothing went wrong but what was meant to: a browser logs each answer that is an error. */
const wrong = (page) => page.wrong.filter((t) => !/status of (404|413|503)/.test(t));

/** Holds what is sent until it is let go; the file and the thumbnail alike. */
async function holding(page) {
  let go;
  const free = new Promise((done) => (go = done));
  await page.route('**/api/v1/files**', async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    await free;
    return route.continue().catch(() => {});
  });
  return go;
}

describe('on their way in', () => {
  test('a picture is pasted, described, and seen by the other, who is a guest, too', async () => {
    const ann = await enter(browser, server.url, { name: 'Ann' });
    const bob = await enter(browser, server.url, { name: 'Bob' });
    await ready(ann);
    await paste(ann, await picture(ann, 'image.png', { type: 'image/png', width: 1400, height: 700 }));
    await tiles(ann, 'there').waitFor();
    assert.match(await tiles(ann).innerText(), /image-\d{8}-\d{6}\.png/, 'every picture of a clipboard is called image.png');
    await ann.getByLabel(/^Describe image-/).fill('A green field');
    assert.deepEqual(await violations(ann, 'form'), []);
    await shot(ann, 'files-tray-light');
    await ann.emulateMedia({ colorScheme: 'dark' });
    assert.deepEqual(await violations(ann, 'form'), []);
    await shot(ann, 'files-tray-dark');
    await say(ann, 'Look at this');
    const button = await seen(bob, 'A green field');
    await tiles(ann).waitFor({ state: 'detached' });
    const { width, height } = await button.boundingBox();
    assert.ok(Math.abs(width / height - 2) < 0.02, `it has its shape: ${width} × ${height}`);
    await becomes(() => button.locator('img').getAttribute('alt'), 'A green field');
    assert.deepEqual([...wrong(ann), ...wrong(bob)], []);
  });

  test('two files are dropped anywhere, and sent without a word', async () => {
    const ann = await enter(browser, server.url);
    await ready(ann);
    const words = await ann.evaluateHandle(() => {
      const data = new DataTransfer();
      data.setData('text/plain', 'dragged text');
      return data;
    });
    await drag(ann, 'dragenter', words);
    assert.equal(await ann.locator('[data-drop]').count(), 0, 'words are no files');
    const data = await bag(ann, [text('notes.txt'), await picture(ann, 'field.jpg')]);
    await drag(ann, 'dragenter', data);
    await ann.locator('[data-drop]').waitFor();
    await shot(ann, 'files-drop');
    await drag(ann, 'dragover', data);
    await drag(ann, 'drop', data);
    await ann.locator('[data-drop]').waitFor({ state: 'detached' });
    await until(async () => (await tiles(ann, 'there').count()) === 2, 'both are there');
    await input(ann).press('Enter');
    await seen(ann, 'field.jpg');
    await ann.getByRole('link', { name: /^Download notes\.txt/ }).waitFor();
    const [download] = await Promise.all([ann.waitForEvent('download'), ann.getByRole('link', { name: /^Download notes/ }).click()]);
    assert.equal(download.suggestedFilename(), 'notes.txt');
    assert.deepEqual(wrong(ann), []);
  });

  test('the words are taken off a file, which stays', async () => {
    const ann = await enter(browser, server.url, { name: 'Ira' });
    const bob = await enter(browser, server.url, { name: 'Jon' });
    await ready(ann);
    await attach(ann, text('kept.txt'));
    await tiles(ann).waitFor();
    await input(ann).fill('the wrong words');
    await input(ann).press('Enter');
    const theirs = bob.locator('[data-message]').filter({ hasText: 'kept.txt' });
    await theirs.filter({ hasText: 'the wrong words' }).waitFor();
    await act(ann, 'the wrong words', 'Edit');
    await becomes(() => input(ann).inputValue(), 'the wrong words', 'the text to change');
    await input(ann).fill('');
    await input(ann).press('Enter');
    await theirs.filter({ hasNotText: 'the wrong words' }).filter({ hasText: 'edited' }).waitFor();
    await becomes(() => input(ann).inputValue(), '', 'it is done');
    assert.equal(await ann.getByRole('dialog').count(), 0, 'nothing was asked');
    assert.deepEqual([wrong(ann), wrong(bob)], [[], []]);
  });

  test('pictures do not tell where they were taken, and stay turned', async () => {
    const ann = await enter(browser, server.url);
    await attach(ann, taken(await picture(ann, 'holiday.jpg', { width: 900, height: 300 })));
    await tiles(ann, 'there').waitFor();
    await input(ann).press('Enter');
    const { width, height } = await (await seen(ann, 'holiday.jpg')).boundingBox();
    assert.ok(height > 2 * width, `upright, as the camera was held: ${width} × ${height}`);
    const kept = await ann.evaluate(async () => {
      const headers = { Authorization: `Bearer ${localStorage.getItem('hubbub.token')}` };
      const { events } = await (await fetch('/api/v1/rooms/lobby/messages?limit=1', { headers })).json();
      const { id } = events.at(-1).files[0];
      return (await fetch(`/api/v1/files/${id}/x`, { headers })).text();
    });
    assert.ok(kept.includes('Exif'), 'how it is turned is kept');
    assert.ok(!kept.includes('13.4050E'), 'where it was is not');
  });

  test('films do not, either, and can be seen', async () => {
    const ann = await enter(browser, server.url);
    const clip = located(await film(ann, 'clip.mp4', 'video/mp4;codecs=vp9'));
    assert.ok(clip.buffer.includes('+013.4050'));
    await attach(ann, clip);
    await tiles(ann, 'there').waitFor();
    assert.equal(await ann.getByText('May tell where it was made').count(), 0);
    await input(ann).press('Enter');
    await ann.getByRole('button', { name: 'Play clip.mp4' }).waitFor();
    const [width, bytes, sent] = await ann.evaluate(async () => {
      const headers = { Authorization: `Bearer ${localStorage.getItem('hubbub.token')}` };
      const { events } = await (await fetch('/api/v1/rooms/lobby/messages?limit=1', { headers })).json();
      const [file] = events.at(-1).files;
      return [file.width, file.bytes, await (await fetch(`/api/v1/files/${file.id}/x`, { headers })).text()];
    });
    assert.ok(!sent.includes('+013.4050'), 'where it was taken is gone');
    assert.equal(bytes, clip.buffer.length, 'and nothing has moved');
    assert.equal(width, 160, 'it can be seen');
  });

  test('Ctrl+U asks for files', async () => {
    const ann = await enter(browser, server.url);
    await ready(ann);
    // Who listens to the keyboard may come later than the button.
    let asked = null;
    ann.once('filechooser', (chooser) => (asked = chooser));
    const chooser = await until(async () => {
      if (!asked) await input(ann).press('Control+u');
      return asked;
    }, 'it asks');
    assert.equal(chooser.isMultiple(), true);
    await chooser.setFiles([text('chosen.txt')]);
    await tiles(ann, 'there').getByText('chosen', { exact: false }).first().waitFor();
    await ann.locator('[data-tray]').getByRole('status').getByText('The file is ready to be sent.').waitFor({ state: 'attached' });
  });

  test('what cannot go with a message is told at once', async () => {
    const small = await new Server('--upload-bytes', '3000').start();
    try {
      const ann = await enter(browser, small.url);
      await attach(ann, text('novel.txt', 3001));
      await ann.getByText('“novel.txt” is too large. A file may have up to 3 kB.').waitFor();
      await attach(ann, text('nothing.txt', 0));
      await ann.getByText('“nothing.txt” is empty, or a folder.').waitFor();
      await becomes(() => tiles(ann).count(), 0);
      await attach(ann, ...Array.from({ length: 12 }, (_, i) => text(`${i}.txt`, 10)));
      await ann.getByText('A message takes 10 files.').waitFor();
      await becomes(() => tiles(ann).count(), 10, 'as many as a message takes');
      await ann.getByRole('button', { name: 'Remove 3.txt' }).click();
      await becomes(() => tiles(ann).count(), 9, 'one is gone');
      assert.deepEqual(wrong(ann), []);
    } finally {
      await leaveAll();
      await small.end();
    }
  });

  test('whoever may not send files gets no button, and is told when one is dropped', async () => {
    const strict = await new Server('--guests-may', 'talk').start();
    try {
      const ann = await enter(browser, strict.url);
      await until(() => ann.locator('[data-composer]').isVisible(), 'the field');
      const data = await bag(ann, [text('notes.txt')]);
      // The ways to attach come a moment after the page.
      await until(async () => {
        await drag(ann, 'dragenter', data);
        return ann.locator('[data-drop]').isVisible();
      }, 'the zone');
      assert.match(await ann.locator('[data-drop]').innerText(), /Files take an account/);
      await drag(ann, 'drop', data);
      await ann.getByRole('status').getByText('Files take an account').waitFor();
      await becomes(() => ann.getByRole('button', { name: 'Attach files' }).count(), 0);
      await becomes(() => tiles(ann).count(), 0);
    } finally {
      await leaveAll();
      await strict.end();
    }
  });
});

test('a server that keeps no files has no way to attach them', async () => {
  const memory = await new Server('--store', 'memory').start();
  try {
    const ann = await enter(browser, memory.url);
    await ann.getByRole('button', { name: 'Emoji' }).waitFor();
    await until(async () => {
      await paste(ann, text('notes.txt'));
      return ann.getByRole('status').getByText('This server takes no files').isVisible();
    }, 'it is told');
    await becomes(() => ann.getByRole('button', { name: 'Attach files' }).count(), 0);
  } finally {
    await leaveAll();
    await memory.end();
  }
});

describe('under way', () => {
  test('how far a file is shows, and it can be stopped before and after it was said', async () => {
    const ann = await enter(browser, server.url);
    const go = await holding(ann);
    await attach(ann, text('first.txt'), await picture(ann, 'second.jpg'));
    await becomes(() => tiles(ann, 'sending').count(), 2, 'both are under way');
    await ann.getByRole('button', { name: 'Remove first.txt' }).click();
    await becomes(() => tiles(ann).count(), 1, 'one is not wanted any more');
    await say(ann, 'never said');
    const pending = ann.locator('[data-files=pending]');
    await pending.locator('img').waitFor();
    await say(ann, 'said after it');
    await ann.getByRole('button', { name: 'Cancel' }).click();
    await pending.waitFor({ state: 'detached' });
    go();
    await ann.getByText('said after it', { exact: true }).locator('visible=true').waitFor();
    await becomes(() => ann.getByText('never said', { exact: true }).count(), 0);
    assert.deepEqual(wrong(ann), []);
  });

  test('a message with files is sent once, although the page was closed before they were there', async () => {
    const ann = await enter(browser, server.url, { name: 'Nora' });
    const bob = await enter(browser, server.url, { name: 'Olaf' });
    const go = await holding(ann);
    await attach(ann, await picture(ann, 'tunnel.jpg'), text('tunnel.txt'));
    await becomes(() => tiles(ann, 'sending').count(), 2, 'both are under way');
    await say(ann, 'from the tunnel');
    await ann.locator('[data-files=pending]').waitFor();
    await say(ann, 'and out of it');
    // On the shelf: the page may be left.
    await until(async () => (await shelf(ann, 'outbox')).length === 2, 'both messages are on the shelf');
    await ann.reload();
    await ann.unroute('**/api/v1/files**');
    go();
    await inside(ann);
    await bob.getByText('and out of it', { exact: true }).waitFor();
    for (const page of [ann, bob]) {
      await until(async () => (await page.getByRole('link', { name: /^Download tunnel\.txt/ }).count()) === 1, 'the file, once');
      await becomes(() => page.getByRole('button', { name: 'Open picture: tunnel.jpg' }).count(), 1);
      await becomes(() => page.getByText('from the tunnel', { exact: true }).locator('visible=true').count(), 1);
    }
    const order = await bob.locator('[data-message]').allInnerTexts();
    const at = (words) => order.findIndex((t) => t.includes(words));
    assert.ok(at('from the tunnel') < at('and out of it'), 'in the order in which they were said');
    assert.deepEqual(wrong(bob), []);
  });

  test('a message whose file the server refuses says why, and can be sent again or given up', async () => {
    const ann = await enter(browser, server.url);
    let refuse = true;
    let go;
    const free = new Promise((done) => (go = done));
    await ann.route('**/api/v1/files?**', async (route) => {
      await free;
      if (!refuse) return route.continue();
      return route.fulfill({ status: 413, contentType: 'text/html', body: '<h1>a proxy</h1>' });
    });
    for (const name of ['again.txt', 'never.txt']) {
      await attach(ann, text(name));
      await tiles(ann, 'sending').waitFor();
      await say(ann, `with ${name}`);
      await tiles(ann).waitFor({ state: 'detached' });
    }
    go();
    const failed = ann.getByRole('alert').filter({ hasText: 'the file is too large for this server' });
    await becomes(() => failed.count(), 2, 'both have failed');
    refuse = false;
    await failed.first().getByRole('button', { name: 'Retry' }).click();
    await ann.getByRole('link', { name: /^Download again\.txt/ }).waitFor();
    await failed.getByRole('button', { name: 'Delete' }).click();
    await becomes(() => failed.count(), 0, 'given up');
    await becomes(() => ann.getByText('with never.txt', { exact: true }).count(), 0);
  });

  test('said while the server is down, it goes when there is one again', async () => {
    const shaky = await new Server().start();
    try {
      const ann = await enter(browser, shaky.url, { name: 'Yve' });
      // What prepares a picture comes a little later than the page.
      await until(() => ann.evaluate(() => performance.getEntriesByType('resource').some((e) => /prepare-/.test(e.name))), 'it is here');
      await shaky.kill();
      await attach(ann, await picture(ann, 'later.jpg'));
      await becomes(() => tiles(ann, 'waiting').count(), 1, 'it waits');
      await say(ann, 'into the void');
      await ann.locator('[data-files=pending] img').waitFor();
      await shaky.start();
      await ann.getByRole('button', { name: 'Open picture: later.jpg' }).waitFor();
      const bob = await enter(browser, shaky.url, { name: 'Zoe' });
      await bob.getByText('into the void', { exact: true }).first().waitFor();
      await becomes(() => bob.getByRole('button', { name: 'Open picture: later.jpg' }).count(), 1);
    } finally {
      await leaveAll();
      await shaky.end();
    }
  });

  test('what the server refuses says why, and goes when it is tried again', async () => {
    const ann = await enter(browser, server.url);
    let refuse = true;
    await ann.route('**/api/v1/files?**', (route) => {
      if (!refuse) return route.continue();
      const body = JSON.stringify({ code: 'quota', detail: 'no room' });
      return route.fulfill({ status: 507, contentType: 'application/problem+json', body });
    });
    await attach(ann, text('full.txt'));
    await tiles(ann, 'failed').getByText('there is no more room for your files').waitFor();
    await input(ann).fill('with it');
    await input(ann).press('Enter');
    await becomes(() => input(ann).inputValue(), 'with it', 'nothing goes without it');
    refuse = false;
    await ann.getByRole('button', { name: 'Try full.txt again' }).click();
    await tiles(ann, 'there').waitFor();
    await input(ann).press('Enter');
    await ann.getByRole('link', { name: /^Download full\.txt/ }).waitFor();
  });
});

describe('shown', () => {
  /** Says something with these pictures; the other sees them. */
  async function shown(page, files, words) {
    await attach(page, ...files);
    await until(async () => (await tiles(page, 'there').count()) === files.length, 'all are there');
    await input(page).fill(words);
    // A phone's Enter begins a new line.
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await tiles(page).first().waitFor({ state: 'detached' });
  }

  /** Somebody with an account, whom the cookie shows to be who they are. */
  async function account(name) {
    const page = await enter(browser, server.url);
    await page.evaluate(async (who) => {
      const body = JSON.stringify({ name: who, password: 'correct horse battery' });
      const headers = { 'Content-Type': 'application/json' };
      const answer = await fetch('/api/v1/accounts', { method: 'POST', headers, body });
      if (!answer.ok) throw new Error(await answer.text());
      localStorage.clear();
    }, name);
    await page.reload();
    await inside(page);
    return page;
  }

  test('the keys go through the pictures of the room, near and back to where one was', async () => {
    const ann = await account('Pia');
    await becomes(() => ann.evaluate(() => localStorage.getItem('hubbub.token')), null, 'only a cookie');
    const all = await Promise.all(['one', 'two', 'three'].map((n) => picture(ann, `${n}.jpg`, { width: 1600, height: 900 })));
    await shown(ann, all, 'three of them');
    const opener = await seen(ann, 'two.jpg');
    await opener.focus();
    await ann.keyboard.press('Enter');
    const viewer = ann.getByRole('dialog');
    const name = () => viewer.locator('img[data-picture]').getAttribute('alt');
    await viewer.locator('[data-picture=there]').waitFor();
    await becomes(name, 'two.jpg', 'the one that was pressed');
    for (const scheme of ['light', 'dark']) {
      await ann.emulateMedia({ colorScheme: scheme });
      assert.deepEqual(await violations(ann, 'dialog'), []);
    }
    await shot(ann, 'files-viewer');
    await ann.keyboard.press('ArrowRight');
    await becomes(name, 'three.jpg', 'the next');
    await becomes(() => viewer.getByRole('button', { name: 'Next picture' }).count(), 0, 'there is none after it');
    await ann.keyboard.press('ArrowLeft');
    await ann.keyboard.press('ArrowLeft');
    await becomes(name, 'one.jpg', 'the first');
    await viewer.locator('[data-picture=there]').waitFor();
    const scale = () => viewer.locator('[data-scale]').getAttribute('data-scale').then(Number);
    await ann.keyboard.press('+');
    await until(async () => (await scale()) === 1.5, 'nearer');
    await ann.keyboard.press('0');
    await until(async () => (await scale()) === 1, 'whole again');
    await viewer.locator('[data-picture=there]').click();
    await until(async () => (await scale()) === 2, 'nearer by a click');
    const way = () => viewer.locator('[data-scale]').evaluate((e) => new DOMMatrix(getComputedStyle(e).transform).e);
    const start = await way();
    await ann.mouse.down();
    await ann.mouse.move(DESK.width / 2 - 100, DESK.height / 2, { steps: 4 });
    await ann.mouse.up();
    await until(async () => Math.abs((await way()) - start) > 50, 'dragged to the side');
    await becomes(scale, 2, 'a drag is no click');
    await ann.mouse.wheel(0, 400);
    await until(async () => (await scale()) < 2, 'farther by the wheel');
    const [download] = await Promise.all([ann.waitForEvent('download'), viewer.getByRole('link', { name: 'Download' }).click()]);
    assert.equal(download.suggestedFilename(), 'one.jpg');
    await ann.keyboard.press('Escape');
    await viewer.waitFor({ state: 'detached' });
    await becomes(() => ann.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'Open picture: two.jpg', 'the focus');
    assert.deepEqual(wrong(ann), []);
  });

  test('on a phone fingers turn, spread and put away', async () => {
    const ann = await enter(browser, server.url, { name: 'Wim', size: PHONE, touch: true });
    await shown(ann, [await picture(ann, 'left.jpg', { width: 900 }), await picture(ann, 'right.jpg', { width: 900 })], 'two to look at');
    await (await seen(ann, 'left.jpg')).tap();
    const viewer = ann.getByRole('dialog');
    const name = () => viewer.locator('img[data-picture]').getAttribute('alt');
    await viewer.locator('[data-picture=there]').waitFor();
    await becomes(name, 'left.jpg', 'the one that was pressed');
    await shot(ann, 'files-viewer-phone');
    const cdp = await ann.context().newCDPSession(ann);
    const touch = (type, ...points) => cdp.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });
    const swipe = async (from, to) => {
      await touch('touchStart', from);
      for (const part of [0.25, 0.5, 0.75, 1]) {
        // oxlint-disable-next-line no-await-in-loop -- a finger is at one place at a time
        await touch('touchMove', from.map((v, i) => v + (to[i] - v) * part));
      }
      await touch('touchEnd');
    };
    await swipe([300, 400], [80, 410]);
    await becomes(name, 'right.jpg', 'swiped to the next');
    await viewer.locator('[data-picture=there]').waitFor();
    const scale = () => viewer.locator('[data-scale]').getAttribute('data-scale').then(Number);
    await touch('touchStart', [180, 400], [220, 400]);
    await touch('touchMove', [140, 400], [260, 400]);
    await touch('touchMove', [120, 400], [280, 400]);
    await touch('touchEnd');
    await until(async () => (await scale()) > 2, 'spread');
    const smaller = viewer.getByRole('button', { name: 'Smaller' });
    await until(async () => {
      if (await smaller.isDisabled()) return true;
      await smaller.tap();
      return false;
    }, 'whole again');
    await becomes(scale, 1);
    await swipe([200, 300], [205, 500]);
    await viewer.waitFor({ state: 'detached' });
    assert.deepEqual(wrong(ann), []);
  });

  test('sounds and films play in their place', async () => {
    const ann = await account('Xenia');
    const gus = await enter(browser, server.url, { name: 'Gus' });
    await shown(ann, [wave('knock.wav'), await film(ann, 'walk.webm')], 'listen and see');
    await until(async () => (await ann.locator('audio').last().evaluate((a) => a.duration)) > 0.4, 'its length is known');
    const video = ann.locator('video').last();
    await until(() => video.evaluate((v) => v.videoWidth === 160), 'the film, too');
    await until(async () => {
      const { width, height } = await video.boundingBox();
      return Math.abs(width / height - 160 / 120) < 0.05;
    }, 'it has its shape');
    assert.deepEqual(await violations(ann, '[role=log]'), []);
    // A guest's comes when it is wanted.
    await gus.getByRole('button', { name: 'Play knock.wav' }).click();
    await until(async () => (await gus.locator('audio').evaluate((a) => a.duration)) > 0.4, 'the guest hears it');
    await gus.getByRole('button', { name: 'Play walk.webm' }).click();
    await until(() => gus.locator('video').evaluate((v) => v.videoWidth === 160), 'and sees it');
    assert.deepEqual([...wrong(ann), ...wrong(gus)], []);
  });

  test('a picture has its place before it is there', async () => {
    const ann = await enter(browser, server.url, { name: 'Quentin' });
    const bob = await enter(browser, server.url, { name: 'Rosa', size: PHONE, touch: true });
    let go;
    const free = new Promise((done) => (go = done));
    await bob.route('**/api/v1/files/**', async (route) => {
      await free;
      await route.continue().catch(() => {});
    });
    await shown(ann, [await picture(ann, 'late.jpg', { width: 600, height: 1200 })], 'comes late');
    const button = bob.getByRole('button', { name: 'Open picture: late.jpg' });
    await button.waitFor();
    // In its message: somebody may come or go meanwhile, and the end of the list follows that.
    const place = () =>
      button.evaluate((e) => {
        const row = e.closest('[data-message]').getBoundingClientRect();
        const { x, y, width, height } = e.getBoundingClientRect();
        return { x, y: y - row.y, width, height, row: row.height };
      });
    const before = await place();
    go();
    await seen(bob, 'late.jpg');
    assert.deepEqual(await place(), before, 'nothing has moved');
    assert.deepEqual(await violations(bob, '[role=log]'), []);
    await becomes(() => bob.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, 'no sideways scrolling');
  });

  test('with its message a picture is gone, also under the eyes of whoever looks at it', async () => {
    const ann = await enter(browser, server.url, { name: 'Stefan' });
    const bob = await enter(browser, server.url, { name: 'Tilda', size: DESK });
    await shown(ann, [await picture(ann, 'secret.jpg')], 'not for long');
    await bob.getByRole('button', { name: 'Open picture: secret.jpg' }).click();
    await bob.getByRole('dialog').locator('[data-picture=there]').waitFor();
    await act(ann, 'not for long', 'Delete');
    await ann.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await bob.getByRole('dialog').getByText('This picture is not there any more.').waitFor();
    await bob.keyboard.press('Escape');
    await becomes(() => bob.getByRole('button', { name: 'Open picture: secret.jpg' }).count(), 0, 'gone from the room, too');
  });

  test('one that cannot be had says so by its name', async () => {
    const ann = await enter(browser, server.url, { name: 'Ursula' });
    const bob = await enter(browser, server.url, { name: 'Viktor' });
    await bob.route('**/api/v1/files/**', (route) => (route.request().method() === 'HEAD' ? route.fulfill({ status: 404 }) : route.fulfill({ status: 503 })));
    await shown(ann, [await picture(ann, 'broken.jpg')], 'cannot be had');
    await bob.getByText('“broken.jpg” could not be loaded.').waitFor();
    await bob.unroute('**/api/v1/files/**');
    await bob.locator('[data-missing]').getByRole('button', { name: 'Retry' }).click();
    await bob.getByRole('button', { name: 'Open picture: broken.jpg' }).locator('img').waitFor();
  });
});
