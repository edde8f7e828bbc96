// A small community to look at: people with something to say to each other, in a few rooms, with all that a message can be.

import { Buffer } from 'node:buffer';
import { until } from './support.mjs';

export const PASSWORD = 'correct horse battery';

/** Calls the server as one person; what fails says so. */
export function caller(url, token) {
  return async (method, path, body, type = 'application/json') => {
    const headers = { origin: url.slice(0, -1), 'content-type': type, ...(token && { authorization: `Bearer ${token}` }) };
    const answer = await fetch(`${url}api/v1${path}`, { method, headers, body: type === 'application/json' && body ? JSON.stringify(body) : body });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : {};
  };
}

/** The address that makes the owner, as the program prints it. */
export const ownersLink = async (server) => server.url + (await until(() => /join#[\w-]{43}/.exec(server.said)?.[0], 'the link is printed'));

export async function person(server, name) {
  const { token } = await caller(server.url)('POST', '/accounts', { name, password: PASSWORD, token: true });
  const call = caller(server.url, token);
  return {
    call,
    say: async (room, text, more) => (await call('POST', `/rooms/${room}/messages`, { text, ...more })).seq,
    react: (room, seq, emoji) => call('PUT', `/rooms/${room}/messages/${seq}/reactions/${encodeURIComponent(emoji)}`),
    send: async (file, type, bytes, size = '') => (await call('POST', `/files?name=${encodeURIComponent(file)}${size}`, bytes, type)).file.id,
    room: async (named, more = { kind: 'public' }) => (await call('POST', '/rooms', { name: named, ...more })).room,
  };
}

/** A garden before hills, as a canvas paints it. */
export async function garden(page) {
  const bytes = await page.evaluate(async ([w, h]) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: w, height: h });
    const context = canvas.getContext('2d');
    const sky = context.createLinearGradient(0, 0, 0, h);
    sky.addColorStop(0, '#bfe3f2');
    sky.addColorStop(1, '#fbf3e4');
    const fill = (style, draw) => {
      context.fillStyle = style;
      context.beginPath();
      draw();
      context.fill();
    };
    fill(sky, () => context.rect(0, 0, w, h));
    fill('#f7d774', () => context.arc(w * 0.78, h * 0.24, h * 0.09, 0, 7));
    for (const [top, colour, wave] of [[0.55, '#8fb9a0', 0.1], [0.66, '#5f9a7c', 0.07], [0.78, '#2f6f57', 0.05]]) {
      fill(colour, () => {
        context.moveTo(0, h);
        for (let x = 0; x <= w; x += 8) context.lineTo(x, h * (top + wave * Math.sin((x / w) * 6 + top * 9)));
        context.lineTo(w, h);
      });
    }
    for (let i = 0; i < 60; i++) {
      const colour = ['#d9566f', '#f0a3b0', '#fff1e0', '#e58b3a'][i % 4];
      fill(colour, () => context.arc((i * 97.3) % w, h * (0.86 + ((i * 37) % 13) / 100), h * 0.012 + (i % 3), 0, 7));
    }
    const blob = await new Promise((done) => canvas.toBlob(done, 'image/jpeg', 0.85));
    return [...new Uint8Array(await blob.arrayBuffer())];
  }, [1200, 420]);
  return Buffer.from(bytes);
}

/**
 * Fills the lobby, two rooms and a direct message. `owner` is whoever looks at it, signed in on `page`; gives the ids of
 * the rooms and of what was said first.
 */
export async function settle(server, page, owner) {
  const [bob, carla, dmitri] = await Promise.all(['Bob Marlowe', 'Carla Jiménez', 'Dmitri'].map((name) => person(server, name)));
  const lobby = 'lobby';
  const first = await bob.say(lobby, 'Morning! The greenhouse sensors are on the new build. Has anybody looked yet?');
  await carla.say(lobby, 'Since eight. Two windows and a phone, all in the same order.', { reply_to: first });
  await dmitri.say(lobby, 'For whoever wants the numbers on a wall:\n```js\nconst { warmest } = await read("greenhouse"); // °C\nif (warmest > 30) say(`Open the roof: ${warmest} °C`);\n```');
  const notes = await bob.say(lobby, 'The plan is at https://example.org/plan. Before Friday:\n1. **roses** by the gate\n2. water the *tomatoes*');
  await bob.call('PATCH', `/rooms/${lobby}/messages/${notes}`, { text: 'The plan is at https://example.org/plan. Before Friday:\n1. **roses** by the gate\n2. water the *tomatoes* twice' });
  const picture = await carla.send('garden.jpg', 'image/jpeg', await garden(page), '&width=1200&height=420');
  const shown = await carla.say(lobby, `They came out last night! @${owner.name} have a look`, { files: [{ id: picture, alt: 'The garden at sunrise' }] });
  for (const [who, seq, emoji] of [[carla, first, '👍'], [dmitri, first, '👍'], [dmitri, first, '🎉'], [bob, shown, '❤️'], [dmitri, shown, '❤️'], [bob, shown, '😮']]) {
    // oxlint-disable-next-line no-await-in-loop -- in this order
    await who.react(lobby, seq, emoji);
  }
  const rooms = { garden: await bob.room('Garden'), elsewhere: await bob.room('Beekeepers') };
  rooms.direct = (await bob.call('POST', '/direct', { people: [owner.id] })).room;
  return { bob, carla, dmitri, first, shown, rooms };
}
