// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Secret } from '../../src/ui/account/Secret';
import { Choice } from '../../src/ui/settings/Parts';
import { Qr } from '../../src/ui/settings/Qr';
import { begin, end, open, wait } from './support';

afterEach(cleanup);

describe('a password', () => {
  test('says that caps lock is on, and only then', () => {
    render(<Secret value="" onChange={() => {}} />);
    const field = screen.getByLabelText('Password');
    const press = (on: boolean) => {
      const e = new KeyboardEvent('keydown', { key: 'a', bubbles: true });
      Object.defineProperty(e, 'getModifierState', { value: (key: string) => on && key === 'CapsLock' });
      fireEvent(field, e);
    };
    press(true);
    expect(screen.getByText('Caps lock is on.')).toBeTruthy();
    press(false);
    expect(screen.queryByText('Caps lock is on.')).toBeNull();
  });

  test('counts characters, not their halves', () => {
    render(<Secret fresh value="🦊🦊🦊🦊🦊🦊🦊" onChange={() => {}} />);
    expect(screen.getByText('One more character to go.')).toBeTruthy();
  });
});

test('a choice is one of radio buttons with its title', () => {
  const chosen = vi.fn<(value: string) => void>();
  const options = [
    { value: 'a', label: 'First' },
    { value: 'b', label: 'Second' },
  ];
  render(<Choice title="Which" options={options} value="a" onChange={chosen} />);
  expect(screen.getByRole('group', { name: 'Which' })).toBeTruthy();
  expect(screen.getByLabelText<HTMLInputElement>('First').checked).toBe(true);
  fireEvent.click(screen.getByLabelText('Second'));
  expect(chosen).toHaveBeenCalledWith('b');
});

test('a code for cameras is one path with a name', () => {
  render(<Qr text="otpauth://totp/x?secret=ABC" label="Scan me" />);
  const drawn = screen.getByRole('img', { name: 'Scan me' });
  const [, , width, height] = drawn.getAttribute('viewBox')!.split(' ').map(Number);
  expect(width).toBe(height);
  expect(drawn.querySelectorAll('path')).toHaveLength(1);
  // The three corners that a camera looks for, inside the quiet border.
  expect(drawn.querySelector('path')!.getAttribute('d')).toMatch(/^M3 3h1v1h-1z/);
});

describe('the menu at the foot of the rooms', () => {
  beforeEach(begin, 30_000);
  afterEach(end);

  const menu = async (role: string) => {
    const { hub, session } = await open();
    hub.spread({ ev: 'you', role });
    await wait(100);
    fireEvent.click(screen.getByRole('button', { name: /^Account and settings/ }));
    await wait(50);
    const items = screen.getAllByRole('menuitem').map((item) => item.textContent);
    session.stop();
    cleanup();
    return items;
  };

  test('offers a guest the way to an account', async () => {
    expect(await menu('guest')).toEqual(['Change your name', 'Settings', 'Keyboard shortcuts', 'Sign in or make an account']);
  });

  test('offers the administration to those who hold an office', async () => {
    const member = ['Your profile', 'Change your name', 'Settings', 'Keyboard shortcuts'];
    expect(await menu('member')).toEqual([...member, 'Sign out']);
    expect(await menu('moderator')).toEqual([...member, 'Administration', 'Sign out']);
    expect(await menu('owner')).toEqual([...member, 'Administration', 'Sign out']);
  });
});
