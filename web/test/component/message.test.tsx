// @vitest-environment happy-dom
import { fireEvent, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { begin, end, garden, open, wait } from './support';

beforeEach(begin);
afterEach(end);

const said = () => [...document.querySelectorAll<HTMLElement>('[data-message]')];
const row = (i: number) => said()[i] as HTMLElement;
const entries = () => screen.getAllByRole('menuitem').map((item) => item.textContent);

async function loaded(): Promise<void> {
  await vi.dynamicImportSettled();
  await wait(50);
}

async function rightClick(i: number): Promise<void> {
  fireEvent.contextMenu(row(i).querySelector('p') as Element, { clientX: 10, clientY: 10 });
  await loaded();
}

describe('a message', () => {
  test('that means oneself says so, by eye and by ear', async () => {
    const { hub } = await open();
    hub.does({ ev: 'message', text: '@Me look', mentions: ['me'] });
    hub.does({ ev: 'message', text: 'nobody' });
    await wait(100);
    expect(row(0).className).toContain('forYou');
    expect(row(0).textContent).toContain('Mentions you.');
    expect(row(0).querySelector('[data-mention="me"]')?.textContent).toBe('@Me');
    expect(row(1).className).not.toContain('forYou');
  });

  test('@room is marked only where it means everybody', async () => {
    const { hub } = await open();
    hub.does({ ev: 'message', text: '@room come', mentions_all: true });
    hub.does({ ev: 'message', text: '@room is a word' });
    await wait(100);
    expect(row(0).querySelector('[data-mention]')?.textContent).toBe('@room');
    expect(row(1).querySelector('[data-mention]')).toBeNull();
  });

  test('somebody is known who has said something, also who has gone', async () => {
    const { hub } = await open();
    hub.other('@Eve?');
    await wait(100);
    expect(row(0).querySelector('[data-mention]')).toBeNull();
    hub.other('bye', { id: 'eve', name: 'Eve' });
    hub.other('@eve wait');
    await wait(100);
    expect([row(0), row(2)].map((r) => r.querySelector('[data-mention="eve"]')?.textContent)).toEqual(['@Eve', '@eve']);
  });

  test('the name of its author leads to who that is; a visitor is nobody in particular', async () => {
    const { hub } = await open();
    hub.other('hello', { id: 'eve', name: 'Eve' });
    hub.other('hello', { id: 'v', name: 'Visitor 7f3a', visitor: true });
    await wait(100);
    fireEvent.click(within(row(0)).getByRole('button', { name: 'Eve' }));
    await loaded();
    expect(within(screen.getByRole('dialog')).getByText('Eve')).toBeTruthy();
    expect(within(row(1)).queryByRole('button')).toBeNull();
  });

  test('code is there at once, and its frame later', async () => {
    const { hub } = await open();
    hub.other('```\na < b\n```');
    await wait(50);
    expect(row(0).querySelector('pre')?.textContent).toBe('a < b');
    await loaded();
    expect(within(row(0)).getByRole('button', { name: 'Copy the code' })).toBeTruthy();
    expect(row(0).querySelector('pre')?.textContent).toBe('a < b');
  });

  test('who reacted is told when one asks', async () => {
    const { hub } = await open();
    hub.other('hello', { id: 'eve', name: 'Eve' });
    for (const id of ['eve', 'me', 'who']) hub.does({ ev: 'react', target: 1, emoji: '🎉' }, hub.lobby, { id, name: id });
    await wait(100);
    const chip = within(row(0)).getByRole('button', { name: '🎉: 3 people' });
    expect(screen.queryByRole('tooltip')).toBeNull();
    fireEvent.mouseEnter(chip);
    expect(screen.getByRole('tooltip').textContent).toBe('You, Eve, and 1 other');
    expect(chip.getAttribute('aria-describedby')).toBe(screen.getByRole('tooltip').id);
    fireEvent.mouseLeave(chip);
    expect(screen.queryByRole('tooltip')).toBeNull();
  });
});

describe('its menu', () => {
  test('the secondary button opens it; with something selected it is the browser\'s', async () => {
    const { hub } = await open();
    hub.other('see https://example.org');
    await wait(100);
    await rightClick(0);
    expect(entries()).toEqual(['React', 'Reply', 'Copy text', 'Copy link', 'Pin', 'Mark unread from here', 'Delivery', 'Report…']);
    fireEvent.keyDown(screen.getAllByRole('menuitem')[0]!, { key: 'Escape' });
    expect(screen.queryByRole('menu')).toBeNull();
    const link = row(0).querySelector('a') as Element;
    expect(fireEvent.contextMenu(link), 'left to the browser').toBe(true);
    const selection = vi.spyOn(globalThis, 'getSelection').mockReturnValue({ isCollapsed: false } as Selection);
    expect(fireEvent.contextMenu(row(0).querySelector('p') as Element)).toBe(true);
    expect(screen.queryByRole('menu')).toBeNull();
    selection.mockRestore();
  });

  test('only what the server will allow is in it', async () => {
    const { hub } = await open();
    hub.other('theirs');
    await wait(100);
    hub.spread({ ev: 'you', role: 'moderator' });
    await wait(100);
    await rightClick(0);
    expect(entries()).toContain('Delete…');
    expect(entries()).not.toContain('Edit');
    fireEvent.keyDown(screen.getAllByRole('menuitem')[0]!, { key: 'Escape' });
    hub.does({ ev: 'settings', archived: true });
    await wait(100);
    await rightClick(0);
    expect(entries()).toEqual(['Copy text', 'Copy link', 'Mark unread from here', 'Delivery', 'Report…', 'Delete…']);
    fireEvent.keyDown(screen.getAllByRole('menuitem')[0]!, { key: 'Escape' });
    fireEvent.mouseOver(row(0));
    expect(within(screen.getByRole('toolbar')).getAllByRole('button').map((b) => b.getAttribute('aria-label'))).toEqual(['More']);
  });

  test('goes when the message is deleted meanwhile', async () => {
    const { hub } = await open();
    hub.other('short life');
    await wait(100);
    await rightClick(0);
    expect(screen.getByRole('menu')).toBeTruthy();
    hub.does({ ev: 'delete', target: 1 });
    await wait(100);
    expect(screen.queryByRole('menu')).toBeNull();
  });

  test('a finger that stays opens it, one that moves does not', async () => {
    const { hub } = await open();
    hub.other('press me');
    await wait(100);
    const at = (x: number, y: number) => ({ touches: [{ clientX: x, clientY: y }] });
    const target = row(0).querySelector('p') as Element;
    fireEvent.touchStart(target, at(50, 50));
    fireEvent.touchMove(target, at(50, 80));
    await wait(1000);
    await loaded();
    expect(screen.queryByRole('menu')).toBeNull();
    fireEvent.touchStart(target, at(50, 50));
    fireEvent.touchMove(target, at(52, 51));
    await wait(1000);
    await loaded();
    expect(screen.getByRole('menu')).toBeTruthy();
    expect(fireEvent.touchEnd(target), 'no click follows').toBe(false);
  });

  test('marks as unread from there', async () => {
    const { hub, session } = await open();
    garden(hub);
    hub.other('one');
    hub.other('two');
    await wait(1000);
    await rightClick(0);
    fireEvent.click(screen.getByRole('menuitem', { name: 'Mark unread from here' }));
    await wait(100);
    expect(session.current().rooms.find((r) => r.id === 'lobby')?.unread).toBe(2);
  });
});

test('comings and goings are told together, and by name to whoever asks', async () => {
  const { hub } = await open();
  for (const name of ['Ann', 'Bob', 'Cid', 'Dan', 'Eve', 'Fay']) hub.does({ ev: 'joined' }, hub.lobby, { id: name, name });
  await wait(100);
  const notice = () => document.querySelector('[data-notice]') as HTMLElement;
  expect(notice().textContent).toBe('Ann, Bob, Cid, and 3 others joined');
  fireEvent.click(within(notice()).getByRole('button', { name: '3 others' }));
  expect(notice().textContent).toBe('Ann, Bob, Cid, Dan, Eve, and Fay joined');
});

test('what is done to a room is told in words', async () => {
  const { hub } = await open();
  hub.does({ ev: 'named', name: 'Yard' });
  hub.does({ ev: 'removed', person: { id: 'eve', name: 'Eve' }, reason: 'noise' });
  await wait(50);
  await loaded();
  expect([...document.querySelectorAll('[data-notice]')].map((n) => n.textContent)).toEqual(['Bob named the room Yard', 'Bob removed Eve: noise']);
});
