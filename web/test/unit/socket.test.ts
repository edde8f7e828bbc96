import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { backoff } from '../../src/net/backoff';
import { Socket, type Phase } from '../../src/net/socket';
import { Hub } from './fake-hub';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);

function connect(hub: Hub, answer = true) {
  const phases: Phase['at'][] = [];
  const codes: number[] = [];
  const socket: Socket = new Socket(
    'ws://test/ws',
    {
      onOpen: () => void socket.request({ op: 'hello', active: true, cursors: {} }, () => {}),
      onKept: () => {},
      onPassing: (e) => {
        if (answer && e.ev === 'ready') socket.ready();
        if (e.ev === 'goodbye') socket.goodbye(e.retry_ms);
      },
      onStray: () => {},
      onDown: (code) => codes.push(code),
      onPhase: (p) => phases.push(p.at),
    },
    hub.open,
  );
  socket.start();
  return { socket, phases, codes };
}

describe('backoff', () => {
  test('doubles from half a second to thirty, half fixed and half random', () => {
    const least = Array.from({ length: 9 }, (_, n) => backoff(n, () => 0));
    expect(least).toEqual([250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
    const most = Array.from({ length: 9 }, (_, n) => backoff(n, () => 1));
    expect(most).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
    expect(backoff(5000, () => 1)).toBe(30_000);
  });
});

describe('socket', () => {
  test('comes back by itself, more slowly each time', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const hub = new Hub();
    hub.down = true;
    connect(hub);
    await wait(500 + 1000 + 2000 + 10);
    expect(hub.opened).toBe(4);
    await wait(3900);
    expect(hub.opened).toBe(4);
    await wait(200);
    expect(hub.opened).toBe(5);
  });

  test('nothing is sent on a connection that is closing and has not said so yet', async () => {
    const hub = new Hub();
    const { socket } = connect(hub);
    await wait(100);
    for (const line of hub.lines) line.closing();
    const onReply = vi.fn();
    expect(socket.request({ op: 'active', active: false }, onReply)).toBe(false);
    expect(hub.inVain).toBe(0);
    hub.cutAll();
    await wait(1000);
    expect(onReply).not.toHaveBeenCalled();
  });

  test('a kick while waiting tries at once', async () => {
    const hub = new Hub();
    hub.down = true;
    const { socket, phases } = connect(hub);
    await wait(60_000);
    const before = hub.opened;
    hub.down = false;
    expect(phases.at(-1)).toBe('waiting');
    socket.kick();
    expect(hub.opened).toBe(before + 1);
    await wait(100);
    expect(phases.at(-1)).toBe('ready');
  });

  test('a kick while connected or connecting opens no second connection', async () => {
    const hub = new Hub();
    const { socket } = connect(hub);
    socket.kick();
    await wait(100);
    socket.kick();
    expect(hub.opened).toBe(1);
  });

  test('forty-five seconds of silence are the end; a heartbeat puts them off', async () => {
    const hub = new Hub();
    const { phases } = connect(hub);
    await wait(40_000);
    hub.spread({ ev: 'heartbeat', ts: 1 });
    await wait(44_000);
    expect(phases.at(-1)).toBe('ready');
    /* A second until the deadline, at most half a one until the next try, and some room for both clocks. */
    await wait(3000);
    expect(phases).toContain('waiting');
    expect(hub.opened).toBe(2);
  });

  test('after a sleep in which no timer ran, a kick finds the dead connection', async () => {
    const hub = new Hub();
    const { socket, codes } = connect(hub);
    await wait(100);
    vi.setSystemTime(Date.now() + 3_600_000);
    socket.kick();
    expect(codes).toEqual([4000]);
  });

  test('a server that accepts and says nothing is given up', async () => {
    const hub = new Hub();
    hub.mute = true;
    const { codes } = connect(hub);
    await wait(15_100);
    expect(codes).toEqual([4000]);
  });

  test('a server that takes the connection and never gets ready is met with patience', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const hub = new Hub();
    connect(hub, true);
    // Ready and cut at once, again and again: that must not become a busy loop.
    for (let i = 0; i < 200; i++) {
      await wait(100);
      hub.cutAll();
    }
    expect(hub.opened).toBeLessThan(9);
  });

  test('a goodbye says when to come back, once', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const hub = new Hub();
    const { phases } = connect(hub);
    await wait(100);
    hub.spread({ ev: 'goodbye', retry_ms: 7000 });
    await wait(50);
    hub.cutAll(1001);
    await wait(6900);
    expect(hub.opened).toBe(1);
    await wait(200);
    expect(hub.opened).toBe(2);
    expect(phases.at(-1)).toBe('ready');
    hub.cutAll();
    await wait(1000);
    expect(hub.opened).toBe(3);
  });

  test('a command without an answer ends the connection', async () => {
    const hub = new Hub();
    const { socket, codes } = connect(hub);
    await wait(100);
    hub.mute = true;
    const onReply = vi.fn<(reply: unknown) => void>();
    socket.request({ op: 'active', active: false }, onReply);
    const beat = setInterval(() => hub.spread({ ev: 'heartbeat', ts: 1 }), 5000);
    await wait(30_100);
    clearInterval(beat);
    expect(codes).toEqual([4000]);
    expect(onReply).toHaveBeenCalledOnce();
    expect(onReply.mock.calls[0]![0]).toMatchObject({ error: { code: 'closed' } });
  });
});
