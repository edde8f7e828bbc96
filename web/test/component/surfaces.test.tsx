// @vitest-environment happy-dom
// What lies over the page, when the page under it changes or a part of it cannot be had.
import { act, render, screen } from '@testing-library/react';
import { Suspense } from 'react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { later } from '../../src/ui/kit/lazy';
import { Toasts } from '../../src/ui/kit/toast';
import { go } from '../../src/ui/shell/route';
import { show, surface } from '../../src/ui/shell/surface';
import { Hub } from '../unit/fake-hub';
import { begin, end, garden, open, wait } from './support';

beforeEach(begin);
afterEach(() => {
  vi.unstubAllGlobals();
  end();
});

const button = (name: string) => screen.getByRole('button', { name });

test('a question about a message goes with its room: it can never be answered for another one', async () => {
  const hub = new Hub();
  garden(hub);
  const { session } = await open(hub);
  session.post('mine');
  await wait(200);
  const message = session.current().room!.log.entries.findLast((e) => e.kind === 'message')!;
  act(() => show('delete', { message: message as Extract<typeof message, { kind: 'message' }> }));
  expect(button('Delete')).toBeTruthy();
  act(() => go('/r/garden'));
  await wait(50);
  expect(surface()).toBeNull();
});

test('what is opened together with a place stays', async () => {
  const hub = new Hub();
  garden(hub);
  await open(hub);
  act(() => {
    go('/r/garden');
    show('shortcuts', {});
  });
  await wait(50);
  expect(surface()?.kind).toBe('shortcuts');
});

test('what was about a room that one is taken out of does not seem to be open', async () => {
  const hub = new Hub();
  garden(hub);
  await open(hub);
  act(() => go('/r/garden'));
  await wait(50);
  act(() => show('room', { room: 'garden' }));
  await wait(50);
  act(() => {
    for (const line of hub.lines) line.say({ ev: 'gone', room: 'garden' });
  });
  await wait(50);
  expect(surface()).toBeNull();
});

test('a part that cannot be had is said, and sought again', async () => {
  vi.useRealTimers();
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')));
  let there = false;
  const Part = later(async () => {
    if (!there) throw new TypeError('no network');
    return { default: () => <p>here it is</p> };
  });
  const closed = vi.fn<() => void>();
  const shown = () => (
    <>
      <Suspense fallback={null}>
        <Part {...{ onClose: closed }} />
      </Suspense>
      <Toasts />
    </>
  );
  const first = render(shown());
  await vi.waitFor(() => expect(closed).toHaveBeenCalledOnce());
  expect(await screen.findByText(/^That did not work/)).toBeTruthy();
  first.unmount();
  there = true;
  render(shown());
  expect(await screen.findByText('here it is')).toBeTruthy();
});

describe('a part that did not come at first', () => {
  const page = (html: string) => vi.stubGlobal('fetch', () => Promise.resolve(new Response(html)));
  const shy = () => {
    let asked = 0;
    return later(async () => {
      if (asked++ === 0) throw new TypeError('no network');
      return { default: () => <p>here it is</p> };
    });
  };
  const draw = (Part: ReturnType<typeof shy>) =>
    render(
      <Suspense fallback={null}>
        <Part />
      </Suspense>,
    );

  beforeEach(() => {
    vi.useRealTimers();
    sessionStorage.clear();
    const script = document.createElement('script');
    script.type = 'text/plain';
    script.setAttribute('src', '/assets/index-1.js');
    document.head.append(script);
    return () => script.remove();
  });

  test('is sought again, and the page stays, when it is the one that the server has', async () => {
    const reload = vi.spyOn(location, 'reload').mockImplementation(() => {});
    page('<script src="/assets/index-1.js"></script>');
    draw(shy());
    expect(await screen.findByText('here it is')).toBeTruthy();
    expect(reload).not.toHaveBeenCalled();
  });

  test('brings the page anew when the server has another one, and once', async () => {
    const reload = vi.spyOn(location, 'reload').mockImplementation(() => {});
    page('<script src="/assets/index-2.js"></script>');
    draw(shy());
    await vi.waitFor(() => expect(reload).toHaveBeenCalledOnce());
    draw(shy());
    await screen.findAllByText('here it is');
    expect(reload).toHaveBeenCalledOnce();
  });
});
