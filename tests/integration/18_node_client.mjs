// A client that others wrote (npm's ws) speaks both dialects, with and without compression.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'

import { WebSocket, run } from './lib/hubbub.mjs'

const BIG = 'Words that compress well. '.repeat(2000)
const DEFLATE = 'permessage-deflate'

class Client {
  constructor(hub, protocols, deflate) {
    this.socket = new WebSocket(hub.url, protocols, { perMessageDeflate: deflate })
    this.inbox = []
    this.waiting = null
    this.socket.on('message', (data) => {
      this.inbox.push(JSON.parse(data))
      this.waiting?.()
    })
    this.opened = new Promise((resolve, reject) => {
      this.socket.on('open', () => resolve(this))
      this.socket.on('error', reject)
    })
    this.closed = new Promise((resolve) => { this.socket.on('close', resolve) })
  }

  /** The next message for which check is true; those before it are thrown away. */
  async next(check) {
    for (;;) {
      while (this.inbox.length > 0) {
        const message = this.inbox.shift()
        if (check(message)) return message
      }
      await new Promise((resolve) => { this.waiting = resolve })
    }
  }

  async ask(op, fields = {}) {
    this.socket.send(JSON.stringify({ op, id: '1', ...fields }))
    return this.next((m) => m.re === '1')
  }

  async close() {
    this.socket.close(1000)
    assert.equal(await this.closed, 1000)
  }
}

async function tutorial(hub, deflate) {
  const [one, two] = await Promise.all([1, 2].map(() => new Client(hub, [], deflate).opened))
  assert.equal(one.socket.extensions, deflate ? DEFLATE : '')
  assert.equal(one.socket.protocol, '')
  for (const text of ['hello', '', BIG, '🙂 <>&']) {
    one.socket.send(text)
    for (const client of [one, two]) assert.deepEqual(await client.next((m) => m.body === text), { type: 1, body: text })
  }
  one.socket.send(Buffer.from([0, 255]))
  assert.deepEqual(await two.next((m) => m.type === 2), { type: 2, body: '\0\ufffd' })
  await Promise.all([one.close(), two.close()])
}

async function web(hub, deflate) {
  const [one, two] = await Promise.all([1, 2].map(() => new Client(hub, ['hubbub.v1'], deflate).opened))
  assert.equal(one.socket.extensions, deflate ? DEFLATE : '')
  assert.equal(one.socket.protocol, 'hubbub.v1')
  for (const client of [one, two]) {
    assert.equal((await client.ask('hello', { name: 'Nora' })).ok, true)
    await client.next((m) => m.ev === 'ready')
  }
  for (const text of ['hello', BIG]) {
    const cid = randomBytes(16).toString('hex')
    const reply = await one.ask('post', { room: 'lobby', cid, text })
    const event = await two.next((m) => m.ev === 'message' && m.cid === cid)
    assert.equal(event.text, text)
    assert.equal(event.seq, reply.seq)
  }
  await Promise.all([one.close(), two.close()])
}

async function mixed(hub) {
  const all = await Promise.all([[[], true], [[], false], [['hubbub.v1'], true], [['hubbub.v1'], false]]
    .map(([protocols, deflate]) => new Client(hub, protocols, deflate).opened))
  const [packed, plain, webPacked, webPlain] = all
  await webPacked.ask('hello')
  await webPlain.ask('hello')
  for (const sender of [packed, plain]) {
    const text = `${Math.random()} ${BIG}`
    sender.socket.send(text)
    for (const client of [packed, plain]) await client.next((m) => m.body === text)
    for (const client of [webPacked, webPlain]) await client.next((m) => m.text === text)
  }
  await Promise.all(all.map((client) => client.close()))
}

await run([
  ["the tutorial's dialect, with compression", (hub) => tutorial(hub, true)],
  ["the tutorial's dialect, without", (hub) => tutorial(hub, false)],
  ['hubbub.v1, with compression', (hub) => web(hub, true)],
  ['hubbub.v1, without', (hub) => web(hub, false)],
  ['compressed and plain clients of both dialects get the same big messages', mixed],
])
