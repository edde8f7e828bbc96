// Does what the tutorial's page does, with npm's ws in the browser's place: open ws://…/ws, take each message's
// event.data, JSON.parse it, show its body. The page comes from another port, so its Origin is that of port 3000.
import assert from 'node:assert/strict'

import { WebSocket, run } from './lib/hubbub.mjs'

const NOTICES = ['New User Joined...', 'User Disconnected...']

/** The tutorial's api/index.js and ChatHistory: what a page would show. */
function openPage(hub, origin) {
  const shown = []
  const waiting = []
  const socket = new WebSocket(hub.url, { origin })
  socket.onmessage = (event) => {
    shown.push(JSON.parse(event.data).body)
    waiting.splice(0).forEach((resolve) => resolve())
  }
  const opened = new Promise((resolve, reject) => {
    socket.onopen = resolve
    socket.onerror = reject
  })
  return {
    opened,
    shown,
    send: (text) => socket.send(text),
    close: () => new Promise((resolve) => { socket.onclose = resolve; socket.close() }),
    async sees(text) {
      while (!shown.includes(text)) await new Promise((resolve) => { waiting.push(resolve) })
    },
    said: () => shown.filter((body) => !NOTICES.includes(body)),
  }
}

async function chatBetween(hub, origin) {
  const one = openPage(hub, origin)
  await one.opened
  await one.sees(NOTICES[0])
  const two = openPage(hub, origin)
  await two.opened
  await two.sees(NOTICES[0])
  one.send('Hello from one')
  await two.sees('Hello from one')
  two.send('<b>Hello</b> from two 🙂')
  await one.sees('<b>Hello</b> from two 🙂')
  one.send('x'.repeat(60000))
  for (const page of [one, two]) await page.sees('x'.repeat(60000))
  assert.deepEqual(one.said(), two.said())
  await two.close()
  await one.sees(NOTICES[1])
  assert.equal(one.shown[0], NOTICES[0])
  assert.equal(two.shown[0], NOTICES[0])
  await one.close()
}

async function refused(hub, origin) {
  await assert.rejects(openPage(hub, origin).opened, (event) => /403/.test(event.message))
}

await run([
  ['two pages from http://localhost:3000 chat', (hub) => chatBetween(hub, 'http://localhost:3000')],
  ['so do pages that call the server localhost', (hub) => chatBetween(hub, `http://localhost:${hub.port}`)],
  ['so do pages from the server itself', (hub) => chatBetween(hub, `http://127.0.0.1:${hub.port}`)],
  ['so do clients that are no browsers', (hub) => chatBetween(hub, undefined)],
  ['a page from elsewhere is refused', (hub) => refused(hub, 'https://evil.example')],
])
