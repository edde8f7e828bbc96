#!/usr/bin/env node
// A small server that speaks docs/PROTOCOL.md and serves web/dist, to develop and test the page without the C program.
// It takes the program's own flags as far as it needs them: --listen HOST:PORT; the others are accepted and ignored.
//
//   node web/test/fake-server.mjs --listen 127.0.0.1:8080
//
// What is posted is kept in memory only; a restart begins the room anew.

import { createHash, randomBytes, randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';

const DIST = process.env.HUBBUB_DIST ?? fileURLToPath(new URL('../dist', import.meta.url));
const LIMITS = { message_bytes: 65_536, name_chars: 40 };
const HEARTBEAT_MS = Number(process.env.FAKE_HEARTBEAT_MS ?? 20_000);
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
  "trusted-types 'none'",
].join('; ');

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
};

const LOG = randomBytes(8).toString('hex');
const clients = new Set();
const visitors = new Set();
const log = [];
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
  maxPayload: LIMITS.message_bytes,
  handleProtocols: (offered) => (offered.has('hubbub.v1') ? 'hubbub.v1' : false),
});
server.on('upgrade', (req, socket, head) => {
  if (new URL(req.url, 'http://x').pathname !== '/ws') return socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
  return sockets.handleUpgrade(req, socket, head, (ws) => (ws.protocol === 'hubbub.v1' ? web(ws) : tutorial(ws)));
});

// --- the room -----------------------------------------------------------------------------------------------------

function people() {
  const all = new Map();
  for (const c of clients) {
    const known = all.get(c.id);
    all.set(c.id, { id: c.id, name: c.name, active: c.active || known?.active === true });
  }
  return [...all.values()];
}

function broadcast(event, but) {
  for (const c of clients) if (c !== but) c.say(event);
}

function count() {
  return { count: people().length, visitors: visitors.size };
}

function append(from, text, cid) {
  const event = { ev: 'message', room: 'lobby', seq: log.length + 1, mid: String(randomBytes(8).readBigUInt64BE()) };
  Object.assign(event, { ts: Date.now(), from, ...(cid ? { cid } : {}), text });
  log.push(event);
  return event;
}

function spread(event) {
  broadcast(event);
  for (const v of visitors) v.ws.send(`${JSON.stringify({ type: 1, body: event.text })}\n`);
}

/** A name that nobody else here bears. */
function freeName(wish, id) {
  const taken = new Set(people().filter((p) => p.id !== id).map((p) => p.name.toLowerCase()));
  let name = wish;
  for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${wish} ${n}`;
  return name;
}

function badName(name) {
  if (typeof name !== 'string' || name.trim() === '') return { code: 'bad_request', message: 'name' };
  return [...name.trim()].length > LIMITS.name_chars ? { code: 'too_long', message: 'name' } : null;
}

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
    const fail = (code, message, more = {}) => c.say({ re: o.id, error: { code, message, ...more } });
    if (!c.id && o.op !== 'hello') return fail('hello_first', 'say hello first');
    if (!Object.hasOwn(ops, o.op)) return fail('unknown_op', `no such command: ${o.op}`);
    return ops[o.op](c, o, (body) => c.say({ re: o.id, ok: true, ...body }), fail);
  });
  ws.on('close', () => {
    clearInterval(beat);
    if (!clients.delete(c) || [...clients].some((d) => d.id === c.id)) return;
    broadcast({ ev: 'left', room: 'lobby', from: { id: c.id, name: c.name }, ...count() });
  });
  ws.on('error', () => {});
}

const ops = {
  hello(c, o, ok, fail) {
    const bad = o.name === undefined ? null : badName(o.name);
    if (bad) return fail(bad.code, bad.message);
    const token = /^[\w-]{43}$/.test(o.token ?? '') ? o.token : randomBytes(32).toString('base64url');
    c.id = personOf(token);
    c.name = freeName(o.name?.trim() ?? `Guest ${randomInt(1000, 10_000)}`, c.id);
    c.active = o.active !== false;
    const isNew = ![...clients].some((d) => d.id === c.id);
    clients.add(c);
    ok({
      you: { id: c.id, name: c.name, client: hex(8) },
      token,
      limits: LIMITS,
      heartbeat_ms: HEARTBEAT_MS,
      build: BUILD,
      rooms: [{ id: 'lobby', name: 'Lobby', kind: 'public', head: log.length, log: LOG }],
    });
    c.say({ ev: 'here', room: 'lobby', ...count(), people: people() });
    c.say({ ev: 'ready' });
    if (isNew) {
      const from = { id: c.id, name: c.name };
      broadcast({ ev: 'joined', room: 'lobby', from, active: c.active, ...count() }, c);
    }
    return undefined;
  },
  post(c, o, ok, fail) {
    if (o.room !== 'lobby') return fail('no_room', 'no such room');
    if (typeof o.text !== 'string' || !/^[0-9a-f]{32}$/.test(o.cid ?? '')) return fail('bad_request', 'cid');
    if (o.text.trim() === '') return fail('empty', 'there is nothing in the text');
    const known = log.find((m) => m.cid === o.cid && m.from.id === c.id);
    if (known && known.text !== o.text) return fail('cid_reuse', 'this cid was used for another text');
    const m = known ?? append({ id: c.id, name: c.name }, o.text, o.cid);
    ok({ room: 'lobby', seq: m.seq, mid: m.mid, ts: m.ts, dup: known !== undefined });
    if (!known) spread(m);
    return undefined;
  },
  rename(c, o, ok, fail) {
    const bad = badName(o.name);
    if (bad) return fail(bad.code, bad.message);
    const was = c.name;
    const name = freeName(o.name.trim(), c.id);
    for (const d of clients) if (d.id === c.id) d.name = name;
    ok({ name });
    if (name !== was) broadcast({ ev: 'renamed', room: 'lobby', from: { id: c.id, name }, was });
    return undefined;
  },
  active(c, o, ok) {
    const before = people().find((p) => p.id === c.id).active;
    c.active = o.active === true;
    ok({});
    const after = people().find((p) => p.id === c.id).active;
    if (before !== after) {
      broadcast({ ev: 'active', room: 'lobby', from: { id: c.id, name: c.name }, active: after });
    }
  },
};

// --- the tutorial's dialect -----------------------------------------------------------------------------------------

function tutorial(ws) {
  const from = { id: hex(8), name: `Visitor ${hex(2)}`, visitor: true };
  const v = { ws };
  const tell = (body, but) => {
    for (const w of visitors) if (w !== but) w.ws.send(`${JSON.stringify({ type: 1, body })}\n`);
  };
  visitors.add(v);
  tell('New User Joined...');
  broadcast({ ev: 'joined', room: 'lobby', from, active: true, ...count() });
  ws.on('message', (data) => spread(append(from, String(data))));
  ws.on('close', () => {
    visitors.delete(v);
    tell('User Disconnected...');
    broadcast({ ev: 'left', room: 'lobby', from, ...count() });
  });
  ws.on('error', () => {});
}

// --- start ----------------------------------------------------------------------------------------------------------

const listen = process.argv[process.argv.indexOf('--listen') + 1] ?? '127.0.0.1:0';
const [host, port] = listen.split(':');
server.listen(Number(port), host, () => {
  console.log(`listening on http://${host}:${server.address().port}/`);
});
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));
