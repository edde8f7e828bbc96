// The page beyond the room: it opens without a network, changes to a new build when its person wants to, tells of messages
// to somebody who looks elsewhere, and says where there is nothing.

import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { becomes, createRoom, enter, input, inside, joinRoom, kept, message, oneForAll, opens, PHONE, say, Server, shelf, shot, until, violations, visit } from './support.mjs';
import { talker } from './wire.mjs';

const { server, browser } = oneForAll();

/** Until the service worker holds the page's files and answers for them. */
async function settled(page) {
  await page.evaluate(() => navigator.serviceWorker.ready);
  await until(() => page.evaluate(() => navigator.serviceWorker.controller !== null), 'the worker answers for the page');
}

/** Notes what the page puts on the screen, once it is there. */
const noted = (page) =>
  page.addInitScript(() => {
    window.put = new Map();
    const show = ServiceWorkerRegistration.prototype.showNotification;
    ServiceWorkerRegistration.prototype.showNotification = async function (title, options) {
      await show.call(this, title, options);
      window.put.set(options.tag, { title, body: options.body });
    };
  });

/** What was put there, the last with each tag. Asked for it while it comes, Chromium itself would forget it. */
const put = (page) => page.evaluate(() => [...window.put.values()]);

/** What the browser shows of notifications. */
const notices = (page) =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    const shown = (await registration?.getNotifications()) ?? [];
    return shown.map(({ title, body, tag }) => ({ title, body, tag }));
  });

describe('without a network', () => {
  test('the page opens, and is whole again when the server is back', { timeout: 240_000 }, async () => {
    const own = await new Server().start();
    try {
      const page = await enter(browser, own.url, { name: 'Ann' });
      await say(page, 'said before the tunnel');
      await kept(page, 'said before the tunnel');
      await settled(page);
      await until(async () => JSON.stringify(await shelf(page, 'rooms')).includes('said before the tunnel'), 'it is kept on the device');
      await own.kill();
      await page.reload();
      await page.getByRole('navigation', { name: 'Rooms' }).getByText('Lobby').waitFor();
      await message(page, 'said before the tunnel').waitFor();
      await page.locator('[data-banner=connection]').waitFor();
      await own.start();
      await page.locator('[data-banner=connection]').waitFor({ state: 'detached' });
      await say(page, 'said after it');
      await kept(page, 'said after it');
      assert.deepEqual(page.wrong, []);
    } finally {
      await own.end();
    }
  });

  test('a link into the app opens it, too; the API is not answered for', async () => {
    const own = await new Server().start();
    try {
      const page = await enter(browser, own.url);
      await settled(page);
      await own.kill();
      await page.goto(`${own.url}r/lobby`);
      await page.getByRole('navigation', { name: 'Rooms' }).waitFor();
      await assert.rejects(page.evaluate(() => fetch('/api/v1/me')));
      await assert.rejects(page.goto(`${own.url}api/v1/files/1/cat.png`));
    } finally {
      await own.end();
    }
  });
});

/** Files in another place; and the worker's build has a name of its own, which is 12 hexadecimal digits. */
const renamed = (text) =>
  text.replaceAll(/\bassets\/(?=[\w-]+-[\w-]{8}\.\w)/g, 'assets/next/').replace(/"[0-9a-f]{12}"/, '"nextnextnext"');

/** Stands before the server; from `next` on it gives out another build: all its files elsewhere, and another worker. */
class Builds {
  next = false;

  async start(to) {
    const at = { host: '127.0.0.1', port: to };
    this.http = createServer((asked, answer) => {
      const path = asked.url.replace('/assets/next/', '/assets/');
      // What the browser has of the build before must not count.
      const { 'if-none-match': _known, ...headers } = { ...asked.headers, 'accept-encoding': 'identity' };
      const on = request({ ...at, path, method: asked.method, headers }, (got) => {
        const parts = [];
        got.on('data', (part) => parts.push(part));
        got.on('end', () => {
          const body = Buffer.concat(parts);
          const other = this.next && /html|javascript/.test(got.headers['content-type']);
          const text = other ? renamed(body.toString()) : null;
          const { 'content-length': _, etag: _tag, ...rest } = got.headers;
          answer.writeHead(got.statusCode, text === null ? got.headers : rest);
          answer.end(text ?? body);
        });
      });
      asked.pipe(on);
      on.on('error', () => answer.destroy());
    });
    this.http.on('upgrade', (asked, socket, head) => {
      const on = connect(to, '127.0.0.1', () => {
        const lines = Object.entries(asked.headers).map(([name, value]) => `${name}: ${value}\r\n`);
        on.write(`GET ${asked.url} HTTP/1.1\r\n${lines.join('')}\r\n`);
        on.write(head);
        on.pipe(socket).pipe(on);
      });
      for (const end of [on, socket]) end.on('error', () => [on, socket].forEach((s) => s.destroy()));
    });
    await new Promise((done) => this.http.listen(0, '127.0.0.1', done));
    this.url = `http://127.0.0.1:${this.http.address().port}/`;
    return this;
  }

  end() {
    this.http.close();
    this.http.closeAllConnections();
  }
}

test('a new build is offered, comes by a click only, and keeps what was typed', { timeout: 240_000 }, async () => {
  const builds = await new Builds().start(server.port);
  const script = (page) => page.evaluate(() => document.querySelector('script[type=module]').src);
  try {
    const page = await enter(browser, builds.url);
    await settled(page);
    const old = await script(page);
    await input(page).fill('half a thought');
    builds.next = true;
    // As the browser does by itself from time to time.
    await page.evaluate(async () => void (await navigator.serviceWorker.getRegistration())?.update());
    const offer = page.locator('[data-banner=build]');
    await offer.waitFor();
    assert.equal(await script(page), old);
    assert.equal(await input(page).inputValue(), 'half a thought');
    await offer.getByRole('button', { name: 'Reload' }).click();
    await until(async () => (await script(page).catch(() => old)).includes('/assets/next/'), 'the new page');
    await becomes(() => input(page).inputValue(), 'half a thought', 'what was typed');
    await becomes(() => offer.count(), 0);
    // The one before stays, for tabs that are still of it.
    await becomes(async () => (await page.evaluate(() => caches.keys())).length, 2, 'two builds are kept');
    assert.deepEqual(page.wrong, []);
  } finally {
    builds.end();
  }
});

test('where the browser keeps nothing for the page, all of it is there all the same', async () => {
  const prepare = (page) =>
    page.addInitScript(() => {
      const refused = {
        get() {
          throw new DOMException('no', 'SecurityError');
        },
      };
      for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(globalThis, name, refused);
    });
  const ann = await enter(browser, server.url, { prepare });
  await say(ann, 'kept nowhere');
  await kept(ann, 'kept nowhere');
  await ann.goto(`${server.url}settings/appearance`);
  await ann.getByRole('heading', { name: 'Appearance' }).waitFor();
  assert.deepEqual(ann.wrong, []);
});

test('what is nowhere is 404, says so, and leads back', async () => {
  const page = await enter(browser, server.url);
  const answer = await page.goto(`${server.url}nowhere/at/all`);
  assert.equal(answer.status(), 404);
  await page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
  await page.getByRole('link').first().click();
  await input(page).waitFor();
  assert.equal(new URL(page.url()).pathname, '/');
});

describe('somebody who looks elsewhere', () => {
  test('is told of messages, once for a room, until they are read; a click leads to the message', { timeout: 240_000 }, async () => {
    const ann = await enter(browser, server.url, { name: 'Ann N', prepare: noted });
    await ann.context().grantPermissions(['notifications']);
    await settled(ann);
    await createRoom(ann, 'Elsewhere');
    const bob = await enter(browser, server.url, { name: 'Bob N' });
    await say(bob, 'are you **there**?');
    await say(bob, 'hello?');
    await until(async () => (await put(ann))[0]?.body.startsWith('hello?'), 'it says the last thing');
    assert.deepEqual((await notices(ann)).map(({ title }) => title), ['Bob N · Lobby'], 'one for the room');
    await until(() => ann.evaluate(() => document.querySelector('link[rel=icon]').href.startsWith('blob:')), 'the icon has a dot');

    const worker = await until(() => ann.context().serviceWorkers()[0], 'the worker');
    await worker.evaluate(async () => {
      const [notification] = await self.registration.getNotifications();
      self.dispatchEvent(new NotificationEvent('notificationclick', { notification }));
    });
    await ann.waitForURL(/\/r\/lobby\/\d+$/);
    await message(ann, 'hello?').waitFor();
    await becomes(() => notices(ann), [], 'it is gone when read');
    await until(() => ann.evaluate(() => document.querySelector('link[rel=icon]').href.endsWith('/favicon.svg')), 'the plain icon');
    assert.deepEqual(ann.wrong, []);
  });

  test('is not told of what is on the screen, nor of anything without having asked for it', async () => {
    const ann = await enter(browser, server.url, { name: 'Ann O', prepare: noted });
    await ann.context().grantPermissions(['notifications']);
    await settled(ann);
    const bob = await enter(browser, server.url, { name: 'Bob O' });
    await createRoom(bob, 'Apart');
    await joinRoom(ann, 'Apart');
    for (const page of [ann, bob]) await visit(page, 'Lobby');
    await say(bob, 'you see this');
    await message(ann, 'you see this').waitFor();
    await say(ann, 'and you see that');
    await message(bob, 'and you see that').waitFor();
    await visit(bob, 'Apart');
    await say(bob, 'this you do not see');
    // Each is told after the same time: what was said in the lobby would have been told before.
    await becomes(async () => (await put(ann)).map(({ title }) => title), ['Bob O · Apart'], 'only of what is elsewhere');
    assert.equal((await notices(ann)).length, 1);
    assert.deepEqual(await notices(bob), []);
    assert.equal(await bob.evaluate(() => Notification.permission), 'default');
  });

  test('is told of words of their own where only mentions count', async () => {
    const ann = await enter(browser, server.url, { name: 'Ann W', prepare: noted });
    await ann.context().grantPermissions(['notifications']);
    await ann.goto(`${server.url}settings/notifications`);
    await ann.getByLabel('Notifications of Lobby').selectOption('mentions');
    await ann.getByLabel('Words', { exact: true }).fill('tea, -teabag');
    assert.deepEqual(await violations(ann), []);
    await ann.goto(server.url);
    await inside(ann);
    await settled(ann);
    await createRoom(ann, 'Words');
    const bob = await enter(browser, server.url, { name: 'Bob W' });
    await say(bob, 'nothing of that kind');
    await say(bob, 'tea from a teabag');
    await say(bob, 'There is **Tea**!');
    await becomes(async () => (await put(ann)).map(({ body }) => body), ['There is Tea!'], 'of that word, and of it alone');
    assert.equal((await notices(ann)).length, 1);
    const called = () => ann.evaluate(() => [...(CSS.highlights.get('called') ?? [])].map(String));
    assert.deepEqual(await called(), []);
    await visit(ann, 'Lobby');
    await becomes(called, ['Tea'], 'the word is marked where it is read');
    await say(bob, 'more of the **t**ea, `tea`');
    await becomes(called, ['Tea', 'tea', 'tea'], 'and in what comes');
    await say(ann, 'my own tea');
    await kept(ann, 'my own tea');
    await shot(ann, 'called');
    assert.deepEqual(await called(), ['Tea', 'tea', 'tea']);
    assert.deepEqual(ann.wrong, []);
  });
});

describe('the keyboard', () => {
  test('goes from room to room, and to where one writes', async () => {
    const page = await enter(browser, server.url, { name: 'AnnK' });
    await createRoom(page, 'Keys');
    const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await opens(page, 'Control+/', sheet);
    await page.keyboard.press('Escape');
    // Not only out of sight: until the page knows that it is gone, it has the keyboard.
    await page.locator('dialog').waitFor({ state: 'detached' });
    const at = (name) => page.locator('[data-title]').getByText(name, { exact: true }).waitFor();
    await page.keyboard.press('Alt+ArrowUp');
    await at('Lobby');
    await page.keyboard.press('Alt+ArrowDown');
    await at('Keys');
    const bob = await enter(browser, server.url, { name: 'Bob K' });
    await say(bob, 'one for all');
    await say(bob, '@AnnK one for you');
    await until(async () => (await page.title()).startsWith('(2)'), 'the title tells of both');
    await page.keyboard.press('Alt+a');
    await at('Lobby');
    await message(page, 'one for all').waitFor();
    // It is marked only for a moment.
    const marked = page.locator('[data-flash]').getByText('one for all').waitFor();
    await Promise.all([marked, page.waitForURL(/\/r\/lobby\/\d+$/), page.keyboard.press('Shift+PageUp')]);
    await page.getByRole('navigation', { name: 'Rooms' }).getByRole('link').first().focus();
    await page.keyboard.type('typed without going there');
    await becomes(() => input(page).inputValue(), 'typed without going there', 'it is in the field');
  });
});

test('where one is, is seen in a list of rooms that is longer than the window', async () => {
  const page = await enter(browser, server.url, { name: 'Len', size: { width: 1280, height: 320 } });
  for (let i = 1; i <= 6; i++) {
    // oxlint-disable-next-line no-await-in-loop -- in this order
    await createRoom(page, `Long ${i}`);
  }
  const seen = () =>
    page.locator('[data-room][aria-current=page]').evaluate((link) => {
      const [at, list] = [link.getBoundingClientRect(), link.closest('nav').getBoundingClientRect()];
      return at.top >= list.top - 1 && at.bottom <= list.bottom + 1;
    });
  await becomes(seen, true, 'the last room');
  await opens(page, 'Alt+ArrowDown', page.locator('[data-title]').getByText('Lobby', { exact: true }));
  await becomes(seen, true, 'the lobby');
});

describe('on a phone a finger', { timeout: 360_000 }, () => {
  /** Moves a finger from a point to others, one after the other, and lifts it unless it is to stay. */
  async function finger(page) {
    const cdp = await page.context().newCDPSession(page);
    const send = (type, ...points) => cdp.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y]) => ({ x, y })) });
    const step = (i, from, to, y, toY) => send('touchMove', [from + ((to - from) * i) / 8, y + ((toY - y) * i) / 8]);
    return {
      /** Comes down and goes off at once, however long a slow page takes for either: a finger that rests means something else. */
      async down(from, to, y, toY = y) {
        await Promise.all([send('touchStart', [from, y]), step(1, from, to, y, toY)]);
        await this.move(from, to, y, toY, 2);
      },
      async move(from, to, y, toY = y, begin = 1) {
        for (let i = begin; i <= 8; i++) await step(i, from, to, y, toY);
      },
      up: () => send('touchEnd'),
      async swipe(from, to, y, toY = y) {
        await this.down(from, to, y, toY);
        await this.up();
      },
    };
  }
  const drawer = (page) => page.getByRole('dialog', { name: 'Rooms' });
  const edge = (page) => drawer(page).evaluate((d) => Math.round(d.getBoundingClientRect().right));
  const still = (page) => until(() => page.evaluate(() => document.documentElement.dataset.swiping === undefined), 'it has come to rest');
  const ready = (page) => page.locator('html[data-swipes]').waitFor();

  test('brings the rooms and takes them away; they follow it', async () => {
    const ann = await enter(browser, server.url, { size: PHONE, touch: true, name: 'Ida' });
    await ready(ann);
    const hand = await finger(ann);
    await hand.down(60, 210, 400);
    await drawer(ann).waitFor();
    await becomes(() => edge(ann), 150, 'the drawer is where the finger has brought it');
    await shot(ann, 'swipe-phone');
    await hand.move(210, 300, 400);
    await hand.up();
    await still(ann);
    await becomes(() => edge(ann), 320, 'it is open');
    // Back, fast or far.
    await hand.swipe(300, 60, 400);
    await drawer(ann).waitFor({ state: 'detached' });
    await still(ann);
    // Begun, and thought better of.
    await hand.down(60, 210, 400);
    await hand.move(210, 70, 400);
    await hand.up();
    await still(ann);
    await drawer(ann).waitFor({ state: 'detached' });
    // The way back is what it was before.
    await ann.goBack().catch(() => {});
    assert.deepEqual(ann.wrong, []);
  });

  test('that goes down the page, over wide code, at the edge or in a field means something else', async () => {
    const ann = await enter(browser, server.url, { size: PHONE, touch: true, name: 'Ivo' });
    const other = await talker(server.url, 'Otto');
    other.say(`\`\`\`\n${'wide '.repeat(60)}\n\`\`\``);
    for (let i = 0; i < 5; i++) other.say(`line ${i}\n`.repeat(8).trim());
    other.say('line 29');
    await other.done();
    other.close();
    await message(ann, 'line 29').waitFor();
    await ready(ann);
    const hand = await finger(ann);
    const none = async () => {
      await still(ann);
      assert.equal(await drawer(ann).count(), 0);
    };
    await hand.swipe(60, 90, 300, 600);
    await until(() => ann.getByRole('log').evaluate((log) => log.scrollTop < log.scrollHeight - log.clientHeight - 100), 'the talk has moved');
    await none();
    const code = ann.locator('pre').first();
    await code.scrollIntoViewIfNeeded();
    await code.evaluate((pre) => {
      const box = [pre, ...pre.querySelectorAll('*'), pre.parentElement].find((e) => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== 'visible');
      box.scrollLeft = 300;
      box.dataset.wide = '';
    });
    const { y, height } = await code.boundingBox();
    await hand.swipe(100, 250, y + height / 2);
    await until(() => ann.locator('[data-wide]').evaluate((e) => e.scrollLeft < 300), 'the code has moved');
    await none();
    await hand.swipe(5, 200, 400);
    await none();
    const field = await input(ann).boundingBox();
    // No farther: some browsers go back then.
    await hand.swipe(60, 100, field.y + field.height / 2);
    await none();
    // From right to left the rooms are at the right.
    await ann.evaluate(() => {
      document.documentElement.dir = 'rtl';
      const log = document.querySelector('[role=log]');
      log.scrollTop = log.scrollHeight;
    });
    await hand.swipe(60, 250, 400);
    await none();
    await hand.swipe(330, 100, 400);
    await drawer(ann).waitFor();
    await still(ann);
    await hand.swipe(150, 330, 400);
    await drawer(ann).waitFor({ state: 'detached' });
    assert.deepEqual(ann.wrong, []);
  });
});
