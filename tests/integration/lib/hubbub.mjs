// Starts the program for the tests that node runs, and tests that speak TAP.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')
const DEADLINE_MS = 20000

/** The npm package ws, as web/package.json pins it. */
export const WebSocket = createRequire(join(root, 'web', 'package.json'))('ws')

export function within(what, promise) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not in time: ${what}`)), DEADLINE_MS)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

function startOn(port) {
  const folder = mkdtempSync(join(tmpdir(), 'hubbub-'))
  const env = Object.fromEntries(Object.entries(process.env).filter(([k]) => !k.startsWith('HUBBUB_')))
  const flags = ['--data', join(folder, 'data'), '--listen', `127.0.0.1:${port}`, '--workers', '2',
    '--rate-posts', '0', '--drain-ms', '300']
  const child = spawn(process.env.HUBBUB_BIN || join(root, 'build', 'hubbub'), flags, { env })
  const hub = { child, folder, port, url: `ws://127.0.0.1:${port}/ws`, stderr: '' }
  child.stderr.on('data', (data) => { hub.stderr += data })
  hub.ended = new Promise((resolve) => { child.on('exit', (code) => resolve(code)) })
  hub.ready = new Promise((resolve) => {
    child.stdout.on('data', (data) => { if (`${data}`.includes('listens')) resolve(true) })
    child.on('exit', () => resolve(false))
  })
  return hub
}

export async function start() {
  for (let i = 0; i < 20; i++) {
    const hub = startOn(20000 + Math.floor(Math.random() * 12000))
    if (await within('being ready', hub.ready)) return hub
    rmSync(hub.folder, { recursive: true, force: true })
    if (!hub.stderr.includes('in use')) throw new Error(hub.stderr)
  }
  throw new Error('no free port')
}

export async function stop(hub) {
  hub.child.kill('SIGTERM')
  const code = await within('stopping', hub.ended)
  rmSync(hub.folder, { recursive: true, force: true })
  if (code !== 0 || /Sanitizer|runtime error:/.test(hub.stderr)) throw new Error(`ended with ${code}: ${hub.stderr}`)
}

/** Runs [name, async function] pairs, the program under test being their argument. */
export async function run(tests) {
  const hub = await start()
  tests.push(['it stops cleanly', stop])
  console.log(`1..${tests.length}`)
  for (const [i, [name, body]] of tests.entries()) {
    try {
      await within(name, body(hub))
      console.log(`ok ${i + 1} - ${name}`)
    } catch (error) {
      console.log(`not ok ${i + 1} - ${name}\n# ${`${error.stack}`.replaceAll('\n', '\n# ')}`)
      process.exitCode = 1
    }
  }
  hub.child.kill('SIGKILL')
  process.exit()
}
