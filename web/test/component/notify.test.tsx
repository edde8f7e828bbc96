// @vitest-environment happy-dom

import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Notices } from '../../src/ui/notify/notices';
import { NotifyButton } from '../../src/ui/notify/NotifyButton';
import { prefs, setPrefs } from '../../src/ui/shell/prefs';

const asked = vi.fn();

/** A browser that has said this, and will answer that. */
function browser(permission: NotificationPermission, answer: NotificationPermission = permission) {
  const fake = { permission, requestPermission: async () => (asked(), (fake.permission = answer)) };
  vi.stubGlobal('Notification', fake);
  vi.stubGlobal('isSecureContext', true);
}

beforeEach(() => {
  asked.mockClear();
  setPrefs({ notify: true });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

test('asks when it is pressed and not before; then there is a switch', async () => {
  browser('default', 'granted');
  render(<NotifyButton />);
  expect(asked).not.toHaveBeenCalled();
  await act(async () => void fireEvent.click(screen.getByRole('button', { name: 'Turn on notifications' })));
  expect(asked).toHaveBeenCalledTimes(1);
  const on = screen.getByRole('switch', { name: /Notifications on this device/ });
  expect(on.getAttribute('aria-checked')).toBe('true');
  await act(async () => void fireEvent.click(on));
  expect(prefs().notify).toBe(false);
});

test('says how to undo it when the browser was told no', async () => {
  browser('default', 'denied');
  render(<NotifyButton />);
  await act(async () => void fireEvent.click(screen.getByRole('button')));
  expect(screen.getByText('Your browser blocks notifications from this page.')).toBeTruthy();
  expect(screen.getByRole('note').textContent).toContain('left of the address');
  expect(screen.queryByRole('button')).toBeNull();
});

test('says why there are none where they cannot be', () => {
  browser('default');
  vi.stubGlobal('isSecureContext', false);
  render(<NotifyButton />);
  expect(screen.getByRole('note').textContent).toContain('https');
  expect(screen.queryByRole('button')).toBeNull();
});

/** As Chromium: whoever asks for the notifications while one is being put on the screen makes it forget that one. */
function worker() {
  const shown: { title: string; tag: string; close: () => void }[] = [];
  let coming: { title: string; tag: string } | null = null;
  const moment = () => new Promise((done) => setTimeout(done, 1));
  const registration = {
    active: true,
    async showNotification(title: string, { tag }: { tag: string }) {
      const mine = (coming = { title, tag });
      await moment();
      const one = { ...mine, close: () => void shown.splice(shown.indexOf(one), 1) };
      if (coming === mine) shown.push(one);
      coming = null;
    },
    async getNotifications({ tag }: { tag?: string } = {}) {
      coming = null;
      await moment();
      return shown.filter((one) => tag === undefined || one.tag === tag);
    },
  };
  vi.stubGlobal('navigator', { serviceWorker: { getRegistration: () => Promise.resolve(registration) } });
  return () => shown.map(({ title }) => title);
}

const notice = (tag: string) => ({ tag, seq: 1, title: `of ${tag}`, body: '', url: '/', ts: 0 });

test('one that is taken off the screen takes no other with it that just comes', async () => {
  browser('granted');
  const shown = worker();
  const notices = new Notices();
  await notices.begin();
  await notices.show(notice('a'));
  expect(shown()).toEqual(['of a']);
  const second = notices.show(notice('b'));
  notices.settle((tag) => tag === 'a');
  await second;
  await vi.waitFor(() => expect(shown()).toEqual(['of b']));
});

test('one that is over before it was shown does not stay', async () => {
  browser('granted');
  const shown = worker();
  const notices = new Notices();
  const first = notices.show(notice('a'));
  notices.settle(() => true);
  await first;
  await vi.waitFor(() => expect(shown()).toEqual([]));
});
