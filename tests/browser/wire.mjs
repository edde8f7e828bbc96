// People without a window: they say as much as one wants at once.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { until } from './support.mjs';

const require = createRequire(new URL('../../web/package.json', import.meta.url));
const WebSocket = require('ws');

async function connected(url, ...protocols) {
  const ws = new WebSocket(`${url.replace('http', 'ws')}ws`, ...protocols);
  await new Promise((done, failed) => {
    ws.once('open', done);
    ws.once('error', failed);
  });
  return ws;
}

/** A client of the tutorial's dialect. */
export const tutorialClient = (url) => connected(url);

/** Somebody who talks hubbub.v1. With a `token` it is who had it before. */
export async function talker(url, name, room = 'lobby', token = undefined) {
  const ws = await connected(url, 'hubbub.v1');
  const send = (frame) => ws.send(JSON.stringify(frame));
  const one = {
    said: 0,
    answered: 0,
    /** Why the server did not take something. */
    refused: '',
    token,
    /** The seq of the last message that was kept. */
    last: 0,
    say(text, more = {}) {
      one.said++;
      send({ op: 'post', id: `p${one.said}`, room, cid: randomBytes(16).toString('hex'), text, ...more });
    },
    /** A change to a message. */
    change(op, target, more = {}) {
      one.said++;
      send({ op, id: `p${one.said}`, room, cid: randomBytes(16).toString('hex'), target, ...more });
    },
    /** Until all of it is on disk. */
    done: () =>
      until(() => {
        if (one.refused) assert.fail(one.refused);
        return one.answered === one.said;
      }, `what ${name} says is kept`, 300_000),
    close: () => ws.close(),
  };
  const ready = new Promise((done) => {
    ws.on('message', (data) => {
      const frame = JSON.parse(String(data));
      if (frame.ev === 'ready') done();
      one.token ??= frame.token;
      if (!String(frame.re).startsWith('p')) return;
      if (frame.error) one.refused = `${name}: ${frame.error.code} ${frame.error.message}`;
      else one.answered++;
      one.last = Math.max(one.last, frame.seq ?? 0);
    });
  });
  send({ op: 'hello', id: '1', token, name, cursors: {} });
  await ready;
  if (room !== 'lobby' && !token) {
    one.said++;
    send({ op: 'join', id: 'p-join', room, cid: randomBytes(16).toString('hex') });
    await one.done();
  }
  return one;
}
