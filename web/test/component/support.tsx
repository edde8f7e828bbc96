// A session with a server in memory, drawn into happy-dom. There is no layout there: scrolling is for the browser tests.

import { act, cleanup, render } from '@testing-library/react';
import { vi } from 'vitest';
import { Session } from '../../src/sync/session';
import { warm } from '../../src/ui/kit/lazy';
import { App } from '../../src/ui/shell/App';
import { closeSurface } from '../../src/ui/shell/surface';
import { Hub } from '../unit/fake-hub';

/** In steps, since effects run only when an act ends, and a timer that an effect starts must not come late. */
export const wait = async (ms: number): Promise<void> => {
  for (let left = ms; left > 0; left -= 500) {
    await act(async () => {
      await vi.advanceTimersByTimeAsync(Math.min(left, 500));
    });
  }
};

export async function open(hub = new Hub()): Promise<{ hub: Hub; session: Session }> {
  const map = new Map<string, string>();
  let n = 0;
  const session = new Session({
    url: 'ws://test/ws',
    keep: { get: (k) => map.get(k) ?? null, set: (k, v) => void map.set(k, v) },
    schedule: (run) => void setTimeout(run, 16),
    randomHex: () => (++n).toString(16).padStart(32, '0'),
    active: true,
    wire: hub.open,
  });
  session.start();
  render(<App session={session} />);
  await wait(200);
  return { hub, session };
}

/** A second room in which one is, too. */
export function garden(hub: Hub) {
  const room = hub.core.addRoom('garden', 'Garden');
  hub.core.append(room, { id: 'bob', name: 'Bob' }, { ev: 'created', name: 'Garden' });
  hub.core.append(room, { id: 'me', name: 'Me' }, { ev: 'joined' });
  room.reads.set('me', 2);
  return room;
}

/** Real time for what comes later in a page: here all of it is there from the start. */
export async function begin(): Promise<void> {
  await warm();
  vi.useFakeTimers();
  vi.setSystemTime(new Date(2026, 5, 10, 12));
  sessionStorage.clear();
  history.replaceState(null, '', '/');
}

export function end(): void {
  closeSurface();
  cleanup();
  vi.useRealTimers();
}
