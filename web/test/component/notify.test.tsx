// @vitest-environment happy-dom

import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
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
