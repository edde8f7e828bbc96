// What the browser tests share: a server of their own, a browser, windows that watch for errors, and waiting with a
// deadline. The packages are those of web/; the browser is Debian's.
//
//   HUBBUB_BIN   the program (build/hubbub); web/test/fake-server.mjs works too
//   CHROMIUM     the browser (/usr/bin/chromium)
//   SLOW         by how much the pages are to be slower than the machine (1): what depends on luck shows at 4

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, afterEach, before, beforeEach } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inspect, isDeepStrictEqual } from 'node:util';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const require = createRequire(join(root, 'web/package.json'));
const { chromium } = require('playwright-core');
export const axePath = require.resolve('axe-core/axe.min.js');

export const SHOTS = join(root, 'build/screenshots');
export const DESK = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };
const BIN = process.env.HUBBUB_BIN ? resolve(process.env.HUBBUB_BIN) : join(root, 'build/hubbub');
const SLOW = Number(process.env.SLOW ?? 1);
/** Only a guard against waiting for ever: a busy machine may take its time, and slow pages theirs. */
const DEADLINE_MS = 60_000;
const PATIENCE = Math.max(1, SLOW / 2);

/** Calls `look` until it gives something true. */
export async function until(look, what, limit = DEADLINE_MS) {
  const end = Date.now() + limit * PATIENCE;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) assert.fail(`waited in vain: ${what}`);
    await new Promise((r) => setTimeout(r, 25));
  }
}

/** Calls `look` until it gives what is wanted; if it never does, the difference is told. */
export async function becomes(look, wanted, what = '', limit = DEADLINE_MS) {
  const end = Date.now() + limit * PATIENCE;
  let found = await look();
  while (!isDeepStrictEqual(found, wanted) && Date.now() <= end) {
    await new Promise((r) => setTimeout(r, 25));
    found = await look();
  }
  if (!isDeepStrictEqual(found, wanted)) assert.fail(`${what && `${what}: `}it is ${inspect(found)} and not ${inspect(wanted)}`);
}

function freePort() {
  return new Promise((done, failed) => {
    const probe = createServer();
    probe.on('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

// A test runner that gives up must not leave the program behind.
const running = new Set();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** A quick machine signs many in within a minute, all from one address, and does much else that a person would not. */
const AT_ONCE = ['posts', 'sign-in', 'sign-up', 'join', 'guest', 'upload', 'fetch', 'search', 'api'].flatMap((what) => [`--rate-${what}`, '0']);

/** The real program on a port of its own; `kill` and `start` again keep the port and the data directory. */
export class Server {
  /** What it printed, the end of it. */
  said = '';

  constructor(...args) {
    this.args = args;
  }

  async start() {
    this.port ??= await freePort();
    this.data ??= await mkdtemp(join(tmpdir(), 'hubbub-browser-'));
    this.url = `http://127.0.0.1:${this.port}/`;
    const args = ['--listen', `127.0.0.1:${this.port}`, '--metrics', 'off', '--data', this.data, '--guests-may', 'all', ...AT_ONCE, ...this.args];
    const child = spawn(BIN, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    running.add(child);
    child.on('exit', () => running.delete(child));
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (d) => (said = this.said = (said + d).slice(-4000)));
    // With all that it had to say: nothing of it may come when another one runs.
    this.gone = new Promise((done) => {
      child.on('close', done);
      child.on('error', (e) => {
        said += e.message;
        done();
      });
    });
    let over = false;
    void this.gone.then(() => (over = true));
    await until(async () => {
      if (over) assert.fail(`the server ended at once: ${said}`);
      return fetch(`${this.url}healthz`).then((r) => r.ok, () => false);
    }, 'the server answers /healthz');
    return this;
  }

  async kill(signal = 'SIGKILL') {
    this.child?.kill(signal);
    await this.gone;
  }

  /** Nothing is left of it; started again it is another one. */
  async end() {
    await this.kill('SIGTERM');
    if (this.data) await rm(this.data, { recursive: true, force: true });
    this.port = this.data = undefined;
    this.said = '';
  }
}

/**
 * What Chromium is to do without. The suggestions under its own address bar are a page of their own for each window, which
 * costs twice as much as what is tested here. The rest is what playwright switches off, whose list this one replaces.
 */
const OFF = [
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'AimEnabled',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'LensOverlay',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'PreconnectToSearch',
  'ThirdPartyStoragePartitioning',
];

export class Browser {
  async start() {
    this.run = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        `--disable-features=${OFF.join()}`,
      ],
    });
    return this;
  }

  async window(options) {
    const context = await this.run.newContext(options);
    context.setDefaultTimeout(DEADLINE_MS * PATIENCE);
    // Also what a test opens by itself. A window that is closed at once has nothing to be slow with.
    if (SLOW > 1) context.on('page', (page) => slowDown(page).catch(() => {}));
    contexts.add(context);
    return context;
  }

  end() {
    return this.run?.close();
  }
}

async function slowDown(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: SLOW });
}

/** For a whole file one server, with these options, and one browser. */
export function oneForAll(...args) {
  const [server, browser] = [new Server(...args), new Browser()];
  before(() => Promise.all([server.start(), browser.start()]));
  afterEach(leaveAll);
  after(async () => {
    await browser.end();
    await server.end();
  });
  return { server, browser };
}

/** For each test a server of its own: names are remembered, and so is what was said. */
export function oneForEach(...args) {
  const [server, browser] = [new Server(...args), new Browser()];
  before(() => browser.start());
  beforeEach(() => server.start());
  afterEach(async () => {
    await leaveAll();
    await server.end();
  });
  after(() => browser.end());
  return { server, browser };
}

const contexts = new Set();

/** Closes every window, also those of a test that failed, whose people would stand in the way of the next. */
export async function leaveAll() {
  await Promise.all([...contexts].map((c) => c.close()));
  contexts.clear();
}

/** A window with storage of its own, at an address, and everything that went wrong in it. */
export async function open(browser, url, { size = DESK, scheme = 'light', touch = false, refuse, timezone, prepare } = {}) {
  const context = await browser.window({
    viewport: size,
    colorScheme: scheme,
    locale: 'en-GB',
    ...(timezone ? { timezoneId: timezone } : {}),
    hasTouch: touch,
    isMobile: touch,
  });
  const page = await context.newPage();
  page.wrong = [];
  page.on('pageerror', (e) => page.wrong.push(String(e)));
  page.on('console', (m) => {
    // A server that is down is part of some tests, and the browser logs every attempt; FAILED is what its worker passes on.
    if (m.type() === 'error' && !/WebSocket connection|ERR_CONNECTION|ERR_FAILED/.test(m.text())) page.wrong.push(m.text());
  });
  if (refuse) await refusing(page, refuse);
  if (prepare) await prepare(page);
  await page.goto(url);
  return page;
}

/** One person, in a room, as a guest. */
export async function enter(browser, url, { name, ...look } = {}) {
  const page = await open(browser, url, look);
  await inside(page);
  if (name) await rename(page, name);
  return page;
}

/** Answers posts of one text with an error, as the server would if it did not want them. */
async function refusing(page, text) {
  await page.routeWebSocket(/\/ws$/, (ws) => {
    const server = ws.connectToServer();
    ws.onMessage((data) => {
      const o = JSON.parse(data);
      if (o.op !== 'post' || o.text !== text) server.send(data);
      else ws.send(JSON.stringify({ re: o.id, error: { code: 'no_room', message: 'no such room' } }));
    });
  });
}

/**
 * Until hello is answered: only then is one's name known and shown. And until it is known who is here, which is asked
 * when the page is ready: only then does it hear of comings and goings, tell that somebody types, and the like.
 */
export async function inside(page) {
  await page.locator('[data-me]').first().waitFor({ state: 'attached' });
  const count = page.locator('[aria-label^="Who is here:"]:not([aria-label^="Who is here: 0 "])');
  await count.waitFor({ state: 'attached' });
}

/** Until one's own page shows the name. */
export async function named(page, name) {
  await page.locator(`[data-me=${JSON.stringify(name)}]`).first().waitFor({ state: 'attached' });
}

/** The rooms and oneself, which on small screens are in a drawer. */
async function toSide(page) {
  const menu = page.getByRole('banner').getByRole('button', { name: /^Rooms/ });
  if (await menu.isVisible()) await menu.click();
}

/** Chooses from the menu at the foot of the rooms: what there is to do about oneself. */
export async function chooseMine(page, item) {
  await toSide(page);
  await page.getByRole('button', { name: /^Account and settings/ }).locator('visible=true').click();
  await page.getByRole('menuitem', { name: item, exact: true }).click();
}

/** Whether the focus is there. */
export const hasFocus = (at) => at.evaluate((e) => e === document.activeElement);

/**
 * Presses the keys until what they open is there: who listens to the keyboard comes a moment after the page. Only for what
 * may be asked for twice.
 */
export async function opens(page, keys, opened) {
  await until(async () => {
    await page.keyboard.press(keys);
    return opened.isVisible();
  }, `${keys} opens it`);
}

export const input = (page) => page.locator('[data-composer]');
export const rows = (page) => page.locator('[data-message]');
export const notices = (page) => page.locator('[data-notice]');
export const banner = (page) => page.locator('[data-banner=connection]');
/** A message by its whole text. */
export const message = (page, text) => rows(page).filter({ has: page.getByText(text, { exact: true }) });

/** Until one's own message is confirmed by the server: it is shown at once, but can be changed only then. */
export async function kept(page, text) {
  await message(page, text).and(page.locator('[tabindex]')).last().waitFor();
}

export async function say(page, text) {
  await input(page).fill(text);
  await input(page).press('Enter');
}

export async function rename(page, name) {
  await chooseMine(page, 'Change your name');
  const dialog = page.getByRole('dialog', { name: 'What should people call you?' });
  await dialog.getByLabel('Your name').fill(name);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
  // Others may show it earlier than oneself: each page draws in its own time.
  await named(page, name);
}

/** Makes an account, on the page of the way in. */
export async function signUp(page, name, password) {
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('A password').fill(password);
  await page.getByRole('button', { name: 'Make an account' }).click();
}

export async function signIn(page, name, password) {
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** What an authenticator app shows for a secret (RFC 6238); `ahead`: in so many steps of 30 s. */
export function totp(secret, ahead = 0) {
  const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const mac = createHmac('sha1', key).update(step).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** Opens a room by its name, wherever the list of rooms is. */
export async function visit(page, name) {
  await toSide(page);
  await page.locator(`[data-room=${JSON.stringify(name)}]`).locator('visible=true').click();
  await page.locator('[data-title]').getByText(name, { exact: true }).waitFor();
}

async function roomsDialog(page) {
  await toSide(page);
  await page.getByRole('button', { name: 'Create or join a room' }).locator('visible=true').click();
  return page.getByRole('dialog', { name: 'Create or join a room' });
}

export async function createRoom(page, name) {
  await (await roomsDialog(page)).getByRole('button', { name: 'New room' }).click();
  const dialog = page.getByRole('dialog', { name: 'A new room' });
  await dialog.getByLabel('Its name').fill(name);
  await dialog.getByRole('button', { name: 'Create' }).click();
  await page.locator('[data-title]').getByText(name, { exact: true }).waitFor();
}

export async function joinRoom(page, name) {
  const dialog = await roomsDialog(page);
  await dialog.getByRole('button', { name: `Join ${name}` }).click();
  await page.locator('[data-title]').getByText(name, { exact: true }).waitFor();
}

/** Presses a button; false if it was not there to be pressed, or went away before. */
async function pressed(button) {
  try {
    await button.click({ timeout: 5000 });
    return true;
  } catch (e) {
    // If it may have been pressed after all, nobody knows what came of it, and to press it again may undo it.
    const end = e.message.split('performing click action').at(-1);
    if (end !== e.message && !end.includes('retrying click action')) throw e;
    return false;
  }
}

/** The mouse comes over a message, until what can be done with it shows. */
export async function pointAt(page, text) {
  const row = message(page, text).last();
  await until(async () => {
    await row.hover();
    return row.getByRole('toolbar').isVisible();
  }, `the toolbar of ${text}`);
}

/**
 * Does something with a message, hovered with a mouse or touched with a finger: by its toolbar, or by its menu for what is
 * not there. What comes meanwhile may move the message from under the mouse, and its toolbar goes: then all of it again.
 */
export async function act(page, text, name) {
  const row = message(page, text).last();
  const bar = row.getByRole('toolbar');
  const button = (label) => bar.getByRole('button', { name: label, exact: true });
  const mouse = await page.evaluate(() => matchMedia('(hover: hover)').matches);
  await until(async () => {
    if (mouse) await pointAt(page, text);
    else if ((await bar.count()) === 0) await row.locator('[dir]').first().tap();
    if (await button(name).isVisible()) return pressed(button(name));
    return (await pressed(button('More'))) && pressed(inMenu(page, name));
  }, `${name} for ${text}`);
}

/** The menu of a message, by its toolbar. */
export async function openMenu(page, text) {
  await until(async () => {
    await pointAt(page, text);
    return pressed(message(page, text).last().getByRole('toolbar').getByRole('button', { name: 'More', exact: true }));
  }, `the menu of ${text}`);
  await page.getByRole('menu').waitFor();
}

/** An entry of the open menu, or one of the reactions over them. */
export function inMenu(page, name) {
  const menu = page.locator('[popover]:popover-open');
  const item = menu.getByRole('menuitem', { name: new RegExp(`^${name}…?$`) });
  return item.or(menu.getByRole('button', { name, exact: true }));
}

/** Puts another text in the place of one's message. */
export async function edit(page, text, to) {
  await act(page, text, 'Edit');
  await becomes(() => input(page).inputValue(), text, 'the text to change is in the field');
  await input(page).fill(to);
  await input(page).press('Enter');
}

export async function react(page, text, emoji) {
  await act(page, text, emoji);
}

/** The reactions to a message, as one reads them: "👍2 🎉1". */
export async function reactions(page, text) {
  return (await message(page, text).last().locator('[data-reaction]').allInnerTexts()).map((t) => t.replace(/\s/g, '')).join(' ');
}

/** All that the browser itself keeps in a store of the page's database. */
export const shelf = (page, store) =>
  page.evaluate(async (name) => {
    const result = (asked) => new Promise((done, failed) => Object.assign(asked, { onsuccess: () => done(asked.result), onerror: failed }));
    const db = await result(indexedDB.open('hubbub'));
    const all = await result(db.transaction(name).objectStore(name).getAll());
    db.close();
    return JSON.parse(JSON.stringify(all));
  }, store);

/**
 * All that is on the screen of a room, in order, once nothing is under way: each message with its marks. What was said just
 * now may not be drawn yet: whoever knows what is to come waits for it.
 */
export async function screen(page) {
  await until(async () => (await page.getByText(/Sending…|Waiting for/).count()) === 0, 'nothing is under way');
  return rows(page).evaluateAll((all) =>
    all.map((row) => {
      const texts = [...row.querySelectorAll('[dir=auto], [data-quote], [data-reaction]')].map((e) => e.textContent);
      return texts.join(' | ') + (/edited/.test(row.textContent) ? ' (edited)' : '');
    }),
  );
}

export async function shot(page, name) {
  await mkdir(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}

/** The violations that axe finds, in the page or in a part of it, in a form that a failing test can print. */
export async function violations(page, within = 'html') {
  const { readFile } = await import('node:fs/promises');
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(await readFile(axePath, 'utf8'));
  const { violations: found } = await page.evaluate((part) => {
    // A button that is only half faded in would be judged as it is at that moment.
    for (const fading of document.getAnimations()) if (Number.isFinite(fading.effect?.getComputedTiming().endTime)) fading.finish();
    return globalThis.axe.run(part === 'html' ? document : part);
  }, within);
  return found.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target} ${n.failureSummary}`).join(' | ')}`);
}
