// @vitest-environment happy-dom

import { fireEvent, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { setPrefs } from '../../src/ui/shell/prefs';
import { Hub } from '../unit/fake-hub';
import { begin, end, garden, open, wait } from './support';

beforeEach(begin);
afterEach(() => {
  setPrefs({ enterSends: true, tellTyping: true });
  end();
});

const field = () => document.querySelector<HTMLTextAreaElement>('[data-composer]')!;
const type = (text: string) => {
  fireEvent.input(field(), { target: { value: text } });
  field().setSelectionRange(text.length, text.length);
  fireEvent.input(field());
};
const press = (key: string, more: object = {}) => fireEvent.keyDown(field(), { key, ...more });
const why = () => document.querySelector('[data-read-only]');

describe('keys', () => {
  test('Enter makes a new line for whoever likes it so; Ctrl and Enter sends', async () => {
    setPrefs({ enterSends: false });
    const { hub } = await open();
    type('hello');
    press('Enter');
    await wait(200);
    expect(hub.said()).toEqual([]);
    press('Enter', { ctrlKey: true });
    await wait(200);
    expect(hub.said()).toEqual(['hello']);
  });

  test('a list goes on, and the Enter that sends is not taken by it', async () => {
    const { hub } = await open();
    type('- one');
    press('Enter', { shiftKey: true });
    expect(field().value).toBe('- one\n- ');
    type('- one');
    press('Enter');
    await wait(200);
    expect(hub.said()).toEqual(['- one']);
  });

  test('nobody learns that one types who does not want it', async () => {
    setPrefs({ tellTyping: false });
    const { hub } = await open();
    type('hush');
    await wait(200);
    expect(hub.frames.filter((o) => o.op === 'typing')).toEqual([]);
    setPrefs({ tellTyping: true });
    type('hush, hush');
    await wait(200);
    expect(hub.frames.filter((o) => o.op === 'typing')).toHaveLength(1);
  });

  test('nor that one types a command, which the room does not read', async () => {
    const { hub } = await open();
    type('/msg Bob hush');
    await wait(200);
    expect(hub.frames.filter((o) => o.op === 'typing')).toEqual([]);
    type('for all to read');
    await wait(200);
    expect(hub.frames.filter((o) => o.op === 'typing')).toHaveLength(1);
  });
});

describe('completion', () => {
  test('offers who is there and takes the one that is chosen', async () => {
    const hub = new Hub();
    const { hub: same } = await open(hub);
    same.other('hi', { id: 'bob', name: 'Bob' });
    same.other('hi', { id: 'bo', name: 'Bo Peep' });
    await wait(200);
    type('@bo');
    await wait(200);
    const names = () => within(screen.getByRole('listbox')).getAllByRole('option').map((o) => o.querySelector('bdi')?.textContent);
    // Who spoke last is meant more likely.
    expect(names()).toEqual(['Bo Peep', 'Bob']);
    press('ArrowDown');
    await wait(20);
    press('Tab');
    await wait(20);
    expect(field().value).toBe('@Bob ');
    expect(screen.queryByRole('listbox')).toBeNull();
  });
});

describe('where one may not write', () => {
  test('an archived room says so, and keeps the draft', async () => {
    const hub = new Hub();
    const room = garden(hub);
    history.replaceState(null, '', '/r/garden');
    const { session } = await open(hub);
    type('about roses');
    hub.does({ ev: 'settings', archived: true }, room);
    await wait(200);
    expect(why()?.textContent).toContain('archived');
    expect(field()).toBeNull();
    hub.does({ ev: 'settings', archived: false }, room);
    await wait(200);
    expect(why()).toBeNull();
    expect(field().value).toBe('about roses');
    expect(session.drafts.get('garden').text).toBe('about roses');
  });
});
