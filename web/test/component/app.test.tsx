// @vitest-environment happy-dom
import { fireEvent, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Hub } from '../unit/fake-hub';
import { begin, end, open, wait } from './support';

beforeEach(begin);
afterEach(end);

const field = () => screen.getByPlaceholderText<HTMLTextAreaElement>('Type a message... Hit Enter to Send');
const type = (text: string) => fireEvent.input(field(), { target: { value: text } });
const enter = (init: object = {}) => fireEvent.keyDown(field(), { key: 'Enter', ...init });
const said = () => [...document.querySelectorAll('[data-message]')];
const notices = () => [...document.querySelectorAll('[data-notice]')].map((n) => n.textContent);
const status = () => document.querySelector('[data-announcer]')?.textContent;

describe('the page', () => {
  test('has its parts, named for everybody', async () => {
    await open();
    expect(screen.getByRole('banner')).toBeTruthy();
    expect(screen.getByRole('main')).toBeTruthy();
    expect(screen.getByRole('complementary', { name: /Who is here/ })).toBeTruthy();
    expect(screen.getByRole('heading', { name: 'Chat History' })).toBeTruthy();
    expect(screen.getByRole('log', { name: 'Chat History' }).getAttribute('aria-live')).toBe('off');
    expect(screen.getByRole('button', { name: 'Send' })).toBeTruthy();
    expect(document.activeElement).toBe(field());
    expect(screen.getByText('It is quiet in here')).toBeTruthy();
  });
});

describe('typing', () => {
  test('Enter sends and clears; the message goes from pending to sent in its own row', async () => {
    const { hub } = await open();
    type('hello');
    enter();
    expect(field().value).toBe('');
    const row = said()[0]?.closest('li');
    expect(row?.textContent).toContain('Sending…');
    await wait(200);
    expect(said()).toHaveLength(1);
    expect(said()[0]?.closest('li')).toBe(row);
    expect(row?.textContent).not.toContain('Sending…');
    expect(said()[0]?.getAttribute('data-message')).toBe('mine');
    expect(hub.log.map((m) => m.text)).toEqual(['hello']);
  });

  test('the Send button sends too; nothing sends what is empty', async () => {
    const { hub } = await open();
    const button = screen.getByRole<HTMLButtonElement>('button', { name: 'Send' });
    expect(button.disabled).toBe(true);
    type('  \n');
    enter();
    expect(button.disabled).toBe(true);
    type('by button');
    fireEvent.click(button);
    await wait(200);
    expect(hub.log.map((m) => m.text)).toEqual(['by button']);
    expect(document.activeElement).toBe(field());
  });

  test('an Enter of the input method, Shift and Alt send nothing', async () => {
    const { hub } = await open();
    type('にほん');
    enter({ isComposing: true });
    enter({ keyCode: 229 });
    enter({ shiftKey: true });
    enter({ altKey: true });
    await wait(200);
    expect(hub.log).toEqual([]);
    expect(field().value).toBe('にほん');
  });

  test('unsent text survives, and a text that is too long stays with its writer', async () => {
    await open();
    type('half a thou');
    expect(sessionStorage.getItem('hubbub.draft')).toBe('half a thou');
    type('x'.repeat(70_000));
    enter();
    await wait(50);
    expect(screen.getByRole('alert').textContent).toContain('too long');
    expect(field().value).toHaveLength(70_000);
    type('short');
    await wait(50);
    expect(screen.queryByRole('alert')).toBeNull();
  });

  test('a failed message says why and can be sent again or deleted', async () => {
    const hub = new Hub();
    hub.fate = () => ({ error: { code: 'no_room', message: 'x' } });
    await open(hub);
    for (const text of ['one', 'two']) {
      type(text);
      enter();
    }
    await wait(200);
    const failed = screen.getAllByText(/Not sent: you are not in this room/);
    expect(failed).toHaveLength(2);
    hub.fate = () => ({});
    fireEvent.click(screen.getAllByRole('button', { name: 'Delete' })[0]!);
    fireEvent.click(screen.getAllByRole('button', { name: 'Retry' }).at(-1)!);
    await wait(200);
    expect(hub.log.map((m) => m.text)).toEqual(['two']);
    expect(screen.queryByText(/Not sent/)).toBeNull();
  });
});

describe('reading', () => {
  test('own on the right, others with name and time, one author in a group', async () => {
    const { hub } = await open();
    hub.other('first');
    hub.other('second');
    hub.other('third', { id: 'eve', name: 'Eve' });
    await wait(100);
    expect(screen.getAllByText('Bob').filter((e) => e.tagName === 'BDI')).toHaveLength(1);
    expect(said().map((e) => e.getAttribute('data-message'))).toEqual(['theirs', 'theirs', 'theirs']);
    await wait(5 * 60_000);
    hub.other('later', { id: 'eve', name: 'Eve' });
    await wait(100);
    expect(screen.getAllByText('Eve').filter((e) => e.tagName === 'BDI')).toHaveLength(2);
    expect(screen.getByRole('heading', { name: 'Today' })).toBeTruthy();
  });

  test('text is text, whatever it looks like', async () => {
    const { hub } = await open();
    const nasty = '<img src=x onerror=alert(1)><b>&amp;</b> javascript:alert(1)';
    hub.other(nasty, { id: 'eve', name: '<script>x</script>' });
    await wait(100);
    expect(screen.getByText(nasty)).toBeTruthy();
    expect(document.querySelector('img, script, b, a')).toBeNull();
  });

  test('links are links and nothing else is', async () => {
    const { hub } = await open();
    hub.other('see https://example.org/x.');
    await wait(100);
    const link = screen.getByRole('link');
    expect(link.getAttribute('href')).toBe('https://example.org/x');
    expect(link.getAttribute('rel')).toBe('noopener noreferrer nofollow');
    expect(link.getAttribute('target')).toBe('_blank');
  });

  test('notices are told by the server alone', async () => {
    const { hub } = await open();
    hub.other('Ann joined');
    await wait(100);
    expect(notices()).toEqual([]);
    const from = { id: 'a', name: 'Ann' };
    hub.spread({ ev: 'joined', room: 'lobby', from, active: true, count: 2, visitors: 0 });
    await wait(100);
    expect(notices()).toEqual(['Ann joined']);
    const five = Array.from({ length: 5 }, (_, i) => ({ id: `${i}`, name: `P${i}` }));
    for (const p of five) hub.spread({ ev: 'joined', room: 'lobby', from: p, active: true, count: 2, visitors: 0 });
    hub.spread({ ev: 'renamed', room: 'lobby', from: { id: 'q', name: 'Quentin' }, was: 'Q' });
    await wait(100);
    expect(notices()).toEqual(['Q is now Quentin · Ann, P0, P1, and 3 others joined']);
    expect(said()).toHaveLength(1);
  });

  test('visitors are marked and their empty messages hidden', async () => {
    const { hub } = await open();
    const visitor = { id: 'v', name: 'Visitor 7f3a', visitor: true };
    hub.other('', visitor);
    hub.other('hi', visitor);
    await wait(100);
    expect(said()).toHaveLength(1);
    expect(within(said()[0] as HTMLElement).getByText('visitor')).toBeTruthy();
  });

  test('screen readers hear others, a flood as a number, and not oneself', async () => {
    const { hub } = await open();
    hub.other('hello there');
    await wait(100);
    expect(status()).toBe('Bob: hello there');
    for (let i = 0; i < 5; i++) hub.other(`flood ${i}`);
    type('mine');
    enter();
    await wait(100);
    expect(status()).toBe('Bob: hello there');
    await wait(2000);
    expect(status()).toBe('5 new messages');
  });
});

describe('connection', () => {
  const banner = () => document.querySelector('[data-banner=connection]');

  test('a short break says nothing, a longer one counts down and can be cut short', async () => {
    const { hub } = await open();
    hub.cutAll();
    await wait(2000);
    expect(banner()).toBeNull();
    hub.down = true;
    hub.cutAll();
    await wait(60_000);
    expect(banner()?.textContent).toMatch(/Reconnecting in \d+ s/);
    type('meanwhile');
    enter();
    await wait(50);
    expect(screen.getByText('Waiting for the connection…')).toBeTruthy();
    hub.down = false;
    fireEvent.click(screen.getByRole('button', { name: 'Try now' }));
    await wait(500);
    expect(banner()).toBeNull();
    expect(hub.log.map((m) => m.text)).toEqual(['meanwhile']);
  });

  test('what was missed is said', async () => {
    const { hub } = await open();
    hub.other('a');
    await wait(100);
    hub.cutAll();
    hub.other('b');
    hub.other('c');
    await wait(3000);
    expect(screen.getByText('You were away: 2 messages were missed')).toBeTruthy();
    hub.restart();
    await wait(3000);
    expect(screen.getByText(/the room begins anew/)).toBeTruthy();
  });

  test('a new version is offered', async () => {
    const { hub } = await open();
    hub.build = 'two';
    hub.cutAll();
    await wait(3000);
    expect(screen.getByRole('button', { name: 'Reload' })).toBeTruthy();
  });
});

describe('people', () => {
  test('who is here, oneself first, active before idle, the rest as a number', async () => {
    const { hub } = await open();
    const people = [
      { id: 'z', name: 'Zoe', active: true },
      { id: 'i', name: 'Ida', active: false },
      { id: 'me', name: 'Me', active: true },
    ];
    hub.spread({ ev: 'here', room: 'lobby', count: 7, visitors: 2, people });
    await wait(100);
    const items = screen.getAllByRole('listitem').map((i) => i.textContent);
    expect(items).toEqual(['Meyouactive', 'Zoeactive', 'Idaidle']);
    expect(screen.getByText('and 4 more')).toBeTruthy();
    expect(screen.getByText('2 visitors')).toBeTruthy();
  });

  test('one changes one\'s name, and hears when it became another', async () => {
    const { hub } = await open();
    const button = screen.getByRole('button', { name: /Change your name: Guest 4821/ });
    fireEvent.click(button);
    const name = screen.getByLabelText<HTMLInputElement>('Your name');
    expect(name.value).toBe('Guest 4821');
    const save = () => fireEvent.submit(name.closest('form')!);
    fireEvent.input(name, { target: { value: '   ' } });
    save();
    await wait(50);
    expect(screen.getByText('Please type a name.')).toBeTruthy();
    fireEvent.input(name, { target: { value: 'ä'.repeat(41) } });
    save();
    await wait(50);
    expect(screen.getByText(/at most 40 characters/)).toBeTruthy();
    hub.renameTo = (wish) => `${wish} 2`;
    fireEvent.input(name, { target: { value: 'Ann' } });
    save();
    await wait(100);
    expect(screen.getByText(/you are “Ann 2” now/)).toBeTruthy();
    fireEvent.input(name, { target: { value: 'Ann 2' } });
    save();
    await wait(50);
    expect(screen.queryByLabelText('Your name')).toBeNull();
    expect(document.activeElement).toBe(field());
  });
});
