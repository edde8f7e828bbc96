// @vitest-environment happy-dom

import { fireEvent, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { begin, end, garden, open, wait } from './support';
import '../../src/ui/shortcuts/Sheet';
import { table, type Shortcut } from '../../src/ui/shortcuts/table';
import { known } from '../../src/ui/shortcuts/useShortcut';
import '../../src/ui/shortcuts/Shortcuts';
import { Hub } from '../unit/fake-hub';

beforeEach(begin);
afterEach(end);

const press = async (key: string, more: object = {}, at: Element = document.body) => {
  fireEvent.keyDown(at, { key, ...more });
  await wait(50);
};
const composer = () => screen.getByRole('textbox', { name: /message/i });

test('Alt and the arrows go from room to room, in the order of the list, round the end', async () => {
  const hub = new Hub();
  garden(hub);
  await open(hub);
  await press('ArrowDown', { altKey: true });
  expect(location.pathname).toBe('/r/garden');
  await press('ArrowDown', { altKey: true });
  expect(location.pathname).toBe('/');
  await press('ArrowUp', { altKey: true }, composer());
  expect(location.pathname).toBe('/r/garden');
});

test('with Shift they stop only at rooms with something unread', async () => {
  const hub = new Hub();
  const room = garden(hub);
  await open(hub);
  await press('ArrowDown', { altKey: true, shiftKey: true });
  expect(location.pathname).toBe('/');
  hub.other('hello', undefined, room);
  await wait(200);
  await press('ArrowDown', { altKey: true, shiftKey: true });
  expect(location.pathname).toBe('/r/garden');
});

test('what is typed anywhere goes where one writes', async () => {
  await open();
  const button = screen.getAllByRole('button')[0] as HTMLElement;
  button.focus();
  await press('h', {}, button);
  expect(document.activeElement).toBe(composer());
});

test('but not what is meant for a field, a button or the browser', async () => {
  await open();
  const button = screen.getAllByRole('button')[0] as HTMLElement;
  button.focus();
  await press(' ', {}, button);
  await press('c', { ctrlKey: true }, button);
  await press('Enter', {}, button);
  expect(document.activeElement).toBe(button);
});

test('? shows the shortcuts that do something, and no others; in a field it is a question mark', async () => {
  await open();
  await press('?', { shiftKey: true }, composer());
  expect(screen.queryByRole('dialog')).toBeNull();
  await press('?', { shiftKey: true });
  const sheet = screen.getByRole('dialog', { name: 'Keyboard shortcuts' });
  expect(within(sheet).getByText('Next room')).toBeTruthy();
  expect(within(sheet).getByText('Send')).toBeTruthy();
  // Nothing stands in it that nobody does.
  const names = Object.keys(table) as Shortcut[];
  const commands = within(sheet).getByRole('heading', { name: 'Commands' }).parentElement as HTMLElement;
  expect(within(commands).getByText('/topic')).toBeTruthy();
  // Nobody leaves the lobby.
  expect(within(commands).queryByText('/leave')).toBeNull();
  const terms = within(sheet).getAllByRole('term').filter((term) => !commands.contains(term));
  expect(terms).toHaveLength(names.filter(known).length);
  // It has the keyboard for itself.
  await press('ArrowDown', { altKey: true });
  expect(location.pathname).toBe('/');
});

test('Ctrl and / shows them from a field, too', async () => {
  await open();
  await press('/', { ctrlKey: true }, composer());
  expect(screen.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeTruthy();
});

test('F6 goes round the parts of the page, Shift and F6 back', async () => {
  await open();
  const seen: (string | null | undefined)[] = [];
  const name = () => document.activeElement?.closest('nav, form, aside, main')?.tagName;
  for (let i = 0; i < 4; i++) {
    await press('F6', {}, document.activeElement ?? document.body);
    seen.push(name());
  }
  // One begins where one writes.
  expect(seen).toEqual(['ASIDE', 'NAV', 'MAIN', 'FORM']);
  await press('F6', { shiftKey: true }, document.activeElement ?? document.body);
  expect(name()).toBe('MAIN');
});
