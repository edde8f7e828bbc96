#!/usr/bin/env node
// A small server that speaks docs/PROTOCOL.md and serves web/dist, to develop and test the page without the C program.
// It takes the program's own flags as far as it needs them: --listen HOST:PORT; the others are accepted and ignored.
//
//   node web/test/fake-server.mjs --listen 127.0.0.1:8080
//
// What is posted is kept in memory only, but with --data DIR it is also written to DIR/fake.jsonl and read from there: a
// restart, however rough, goes on from it.

import { createHash, randomBytes, randomInt } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import { Community } from './fake-core.mjs';

const DIST = process.env.HUBBUB_DIST ?? fileURLToPath(new URL('../dist', import.meta.url));
const HEARTBEAT_MS = Number(process.env.FAKE_HEARTBEAT_MS ?? 30_000);
const BUILD = process.env.FAKE_BUILD ?? 'fake';

const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' blob:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types hubbub-workers",
].join('; ');

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
};

const option = (name, otherwise) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : otherwise);
const AWAY_MS = Number(option('--away-ms', 30_000));
const DATA = option('--data', null);
const core = new Community();
const { limits } = core;
const clients = new Set();
const visitors = new Set();
const leaving = new Map();
const hex = (bytes) => randomBytes(bytes).toString('hex');
const personOf = (token) => createHash('sha256').update(token).digest('hex').slice(0, 16);

const server = createServer(async (req, res) => {
  const { pathname } = new URL(req.url, 'http://x');
  if (pathname === '/healthz') return res.end('ok\n');
  const path = normalize(pathname === '/' ? '/index.html' : pathname);
  try {
    const body = await readFile(join(DIST, path));
    res.writeHead(200, {
      'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
      'content-security-policy': CSP,
      'x-content-type-options': 'nosniff',
      'cache-control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    });
    return res.end(body);
  } catch {
    res.writeHead(404, { 'content-type': 'text/plain' });
    return res.end('not found\n');
  }
});

const sockets = new WebSocketServer({
  noServer: true,
  maxPayload: limits.message_bytes,
  handleProtocols: (offered) => (offered.has('hubbub.v1') ? 'hubbub.v1' : false),
});
server.on('upgrade', (req, socket, head) => {
  if (new URL(req.url, 'http://x').pathname !== '/ws') return socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
  return sockets.handleUpgrade(req, socket, head, (ws) => (ws.protocol === 'hubbub.v1' ? web(ws) : tutorial(ws)));
});

// --- who is here ----------------------------------------------------------------------------------------------------

/** Those who have a connection, and those who had one until a moment ago. */
function here() {
  const all = new Map([...leaving.values()].map(({ id, name }) => [id, { id, name, active: false }]));
  for (const c of clients) {
    all.set(c.id, { id: c.id, name: c.name, active: c.active || all.get(c.id)?.active === true });
  }
  return all;
}

const count = (room) => ({
  count: [...here().keys()].filter((id) => core.isIn(id, room)).length,
  visitors: room === 'lobby' ? visitors.size : 0,
});

function toRoom(room, event, but) {
  for (const c of clients) if (c !== but && core.isIn(c.id, room)) c.say(event);
}

/** To all rooms that a person is in. */
function toRooms(id, event, but) {
  for (const { id: room } of core.roomsOf(id)) toRoom(room, { ...event, room, ...('state' in event ? count(room) : {}) }, but);
}

function present(id, name, state, but) {
  toRooms(id, { ev: 'presence', from: { id, name }, state }, but);
}

function spread(effects, by) {
  for (const { room, person, others, event } of effects) {
    if (room !== undefined) toRoom(room, event);
    else for (const c of clients) if (c.id === person && !(others && c === by)) c.say(event);
    if (event.ev === 'message' && room === 'lobby') {
      for (const v of visitors) v.ws.send(`${JSON.stringify({ type: 1, body: event.text })}\n`);
    }
  }
}

/** A name that nobody else bears. */
function freeName(wish, id) {
  const taken = new Set([...core.people.values()].filter((p) => p.id !== id).map((p) => p.name.toLowerCase()));
  let name = wish;
  for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${wish} ${n}`;
  return name;
}

function badName(name) {
  if (typeof name !== 'string' || name.trim() === '') return { code: 'bad_request', message: 'name' };
  return [...name.trim()].length > limits.name_chars ? { code: 'too_long', message: 'name' } : null;
}

// --- what survives ----------------------------------------------------------------------------------------------------

const FILE = DATA && join(DATA, 'fake.jsonl');

/** Commands are kept and done again: the mids come out the same, since they follow from the numbers. */
function keep(record) {
  if (FILE) appendFileSync(FILE, `${JSON.stringify(record)}\n`);
}

function redo({ at, person, from, o, text }) {
  core.now = () => at;
  if (person) core.people.set(person.id, person);
  else if (o) core.handle(from, o);
  else core.append(core.rooms.get('lobby'), from, { ev: 'message', text });
}

if (FILE && existsSync(FILE)) for (const line of readFileSync(FILE, 'utf8').split('\n')) if (line) redo(JSON.parse(line));
core.now = Date.now;

// --- the web's dialect ----------------------------------------------------------------------------------------------

function web(ws) {
  const c = { id: null, name: '', active: true, lastSent: Date.now() };
  c.say = (frame) => {
    c.lastSent = Date.now();
    if (ws.readyState === ws.OPEN) ws.send(JSON.stringify(frame));
  };
  const beat = setInterval(() => {
    if (c.id && Date.now() - c.lastSent >= HEARTBEAT_MS) c.say({ ev: 'heartbeat', ts: Date.now() });
  }, HEARTBEAT_MS / 4);
  ws.on('message', (data, binary) => {
    if (binary) return ws.close(1003);
    let o;
    try {
      o = JSON.parse(String(data));
    } catch {
      return c.say({ re: null, error: { code: 'bad_json', message: 'not JSON' } });
    }
    const ok = (body) => c.say({ re: o.id, ok: true, ...body });
    const fail = (code, message) => c.say({ re: o.id, error: { code, message } });
    if (!c.id && o.op !== 'hello') return fail('hello_first', 'say hello first');
    if (Object.hasOwn(ops, o.op)) return ops[o.op](c, o, ok, fail);
    const from = { id: c.id, name: c.name };
    const at = core.now();
    core.now = () => at;
    const done = core.handle(from, o);
    core.now = Date.now;
    if (!done) return fail('unknown_op', `no such command: ${o.op}`);
    if (done.error) return fail(done.error.code, done.error.message);
    if (done.event || o.op === 'read') keep({ at, from, o });
    ok(done.ok);
    return spread(done.effects, c);
  });
  ws.on('close', () => {
    clearInterval(beat);
    if (!clients.delete(c)) return;
    if ([...clients].some((d) => d.id === c.id)) return;
    const timer = setTimeout(() => {
      leaving.delete(c.id);
      present(c.id, c.name, 'offline');
    }, AWAY_MS);
    leaving.set(c.id, { id: c.id, name: c.name, timer });
    if (c.active) present(c.id, c.name, 'idle');
  });
  ws.on('error', () => {});
}

const ops = {
  hello(c, o, ok, fail) {
    const bad = o.name === undefined ? null : badName(o.name);
    if (bad) return fail(bad.code, bad.message);
    const known = core.people.get(personOf(o.token ?? ''));
    const token = known ? o.token : randomBytes(32).toString('base64url');
    c.id = personOf(token);
    const before = here().get(c.id);
    clearTimeout(leaving.get(c.id)?.timer);
    leaving.delete(c.id);
    c.name = known?.name ?? freeName(o.name?.trim() ?? `Guest ${randomInt(1000, 10_000)}`, c.id);
    c.active = o.active !== false;
    if (!known) setName(c.id, c.name);
    clients.add(c);
    const rooms = core.roomsOf(c.id);
    ok({
      you: { id: c.id, name: c.name, client: hex(8) },
      token,
      limits,
      heartbeat_ms: HEARTBEAT_MS,
      build: BUILD,
      rooms: rooms.map((r) => core.info(r, c.id, count(r.id))),
    });
    for (const room of rooms) {
      const cursor = o.cursors?.[room.id];
      if (cursor) for (const event of core.replay(room, cursor)) c.say(event);
    }
    c.say({ ev: 'ready' });
    if (!before || before.active !== c.active) present(c.id, c.name, c.active ? 'active' : 'idle', c);
    return undefined;
  },
  rename(c, o, ok, fail) {
    const bad = badName(o.name);
    if (bad) return fail(bad.code, bad.message);
    const was = c.name;
    const name = freeName(o.name.trim(), c.id);
    for (const d of clients) if (d.id === c.id) d.name = name;
    setName(c.id, name);
    ok({ name });
    if (name !== was) toRooms(c.id, { ev: 'renamed', from: { id: c.id, name }, was });
    return undefined;
  },
  active(c, o, ok) {
    const before = here().get(c.id).active;
    c.active = o.active === true;
    ok({});
    const after = here().get(c.id).active;
    if (before !== after) present(c.id, c.name, after ? 'active' : 'idle');
  },
  typing(c, o, ok, fail) {
    if (!core.isIn(c.id, o.room)) return fail('no_room', 'no such room');
    ok({});
    return toRoom(o.room, { ev: 'typing', room: o.room, from: { id: c.id, name: c.name } }, c);
  },
  here(c, o, ok, fail) {
    if (!core.isIn(c.id, o.room)) return fail('no_room', 'no such room');
    const people = [...here().values()].filter((p) => core.isIn(p.id, o.room)).slice(0, 200);
    return ok({ room: o.room, ...count(o.room), people });
  },
};

function setName(id, name) {
  const person = { id, name };
  core.people.set(id, person);
  keep({ at: Date.now(), person });
}

// --- the tutorial's dialect -----------------------------------------------------------------------------------------

function tutorial(ws) {
  const id = hex(8);
  const from = { id, name: `Visitor ${id.slice(-4)}`, visitor: true };
  const v = { ws };
  const tell = (body, but) => {
    for (const w of visitors) if (w !== but) w.ws.send(`${JSON.stringify({ type: 1, body })}\n`);
  };
  const state = (is) => toRoom('lobby', { ev: 'presence', room: 'lobby', from, state: is, ...count('lobby') });
  visitors.add(v);
  tell('New User Joined...');
  state('active');
  ws.on('message', (data) => {
    const event = core.append(core.rooms.get('lobby'), from, { ev: 'message', text: String(data) });
    keep({ at: event.ts, from, text: event.text });
    spread([{ room: 'lobby', event }]);
  });
  ws.on('close', () => {
    visitors.delete(v);
    tell('User Disconnected...');
    state('offline');
  });
  ws.on('error', () => {});
}

// --- start ----------------------------------------------------------------------------------------------------------

const listen = option('--listen', '127.0.0.1:0');
const [host, port] = listen.split(':');
server.listen(Number(port), host, () => {
  console.log(`listening on http://${host}:${server.address().port}/`);
});
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    for (const c of clients) c.say({ ev: 'goodbye', retry_ms: 100 + randomInt(400) });
    setTimeout(() => process.exit(0), 20);
  });
}
