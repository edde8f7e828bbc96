// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { warm } from '../../src/ui/kit/lazy';
import { MenuButton } from '../../src/ui/kit/MenuButton';

beforeAll(warm);
afterEach(cleanup);

function open() {
  const done: string[] = [];
  const item = (label: string) => ({ label, run: () => void done.push(label) });
  render(
    <MenuButton label="More" items={[item('Reply'), item('Copy'), null, { ...item('Delete'), danger: true }]}>
      …
    </MenuButton>,
  );
  const button = screen.getByRole('button', { name: 'More' });
  button.focus();
  fireEvent.click(button);
  return { button, done };
}

const press = (key: string) => fireEvent.keyDown(document.activeElement as Element, { key });
const focused = () => document.activeElement?.textContent;

test('arrows, Home, End and first letters move through a menu, and go round', () => {
  const { button } = open();
  expect(button.getAttribute('aria-expanded')).toBe('true');
  expect(focused()).toBe('Reply');
  press('ArrowUp');
  expect(focused()).toBe('Delete');
  press('ArrowDown');
  expect(focused()).toBe('Reply');
  press('c');
  expect(focused()).toBe('Copy');
  press('End');
  expect(focused()).toBe('Delete');
  press('Home');
  expect(focused()).toBe('Reply');
});

test('Escape closes and gives the focus back; an item closes first and then does what it says', () => {
  const { button, done } = open();
  press('Escape');
  expect(screen.queryByRole('menu')).toBeNull();
  expect(document.activeElement).toBe(button);
  fireEvent.click(button);
  fireEvent.click(screen.getByRole('menuitem', { name: 'Copy' }));
  expect(done).toEqual(['Copy']);
  expect(screen.queryByRole('menu')).toBeNull();
});
