// @vitest-environment happy-dom
import { fireEvent, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Hub } from '../unit/fake-hub';
import { begin, end, garden, open, wait } from './support';

beforeEach(begin);
afterEach(() => {
  vi.unstubAllGlobals();
  end();
});

const field = () => document.querySelector<HTMLTextAreaElement>('[data-composer]')!;
const type = (text: string) => fireEvent.input(field(), { target: { value: text } });
const enter = (init: object = {}) => fireEvent.keyDown(field(), { key: 'Enter', ...init });
const said = () => [...document.querySelectorAll('[data-message]')];
const beginning = () => document.querySelector('[data-beginning]')?.textContent;
const notices = () => [...document.querySelectorAll('[data-notice]')].map((n) => n.textContent);
const status = () => document.querySelector('[data-announcer]')?.textContent;

describe('the page', () => {
  test('has its parts, named for everybody', async () => {
    await open();
    expect(screen.getByRole('banner')).toBeTruthy();
    expect(screen.getByRole('main')).toBeTruthy();
    expect(screen.getByRole('complementary', { name: /^People/ })).toBeTruthy();
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
    expect(hub.said()).toEqual(['hello']);
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
    expect(hub.said()).toEqual(['by button']);
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
    expect(hub.said()).toEqual([]);
    expect(field().value).toBe('にほん');
  });

  test('unsent text survives, and a text that is too long stays with its writer', async () => {
    const { session } = await open();
    type('half a thou');
    expect(session.drafts.get('lobby').text).toBe('half a thou');
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
    expect(hub.said()).toEqual(['two']);
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
    expect(screen.getByRole('log').querySelector('img, script, b, a')).toBeNull();
  });

  test('links are links and nothing else is', async () => {
    const { hub } = await open();
    hub.other('see https://example.org/x.');
    await wait(100);
    const link = within(screen.getByRole('log')).getByRole('link');
    expect(link.getAttribute('href')).toBe('https://example.org/x');
    expect(link.getAttribute('rel')).toBe('noopener noreferrer nofollow');
    expect(link.getAttribute('target')).toBe('_blank');
  });

  test('notices are told by the server alone', async () => {
    const { hub } = await open();
    hub.other('Ann joined');
    await wait(100);
    expect(notices()).toEqual([]);
    let count = 1;
    const comes = (id: string, name: string) =>
      hub.spread({ ev: 'presence', room: 'lobby', from: { id, name }, state: 'active', count: ++count, visitors: 0 });
    comes('a', 'Ann');
    await wait(100);
    expect(notices()).toEqual(['Ann joined']);
    for (let i = 0; i < 5; i++) comes(`${i}`, `P${i}`);
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
    expect(hub.said()).toEqual(['meanwhile']);
  });

  test('what was missed comes by itself, in its place', async () => {
    const { hub } = await open();
    hub.other('a');
    await wait(100);
    hub.cutAll();
    hub.other('b');
    hub.other('c');
    await wait(3000);
    expect(said().map((e) => e.querySelector('[dir]')?.textContent)).toEqual(['a', 'b', 'c']);
  });

  test('a server that takes no guests says so', async () => {
    // What the way in asks of the server.
    vi.stubGlobal('fetch', () => Promise.resolve(Response.json({ kind: 'none', signup: 'invite', guests: false })));
    const hub = new Hub();
    hub.helloError = () => ({ code: 'guests_off', message: '' });
    await open(hub);
    await wait(5000);
    // The way in is a part of the page that comes when it is needed.
    await vi.dynamicImportSettled();
    // Whoever is no guest may have an account.
    await vi.waitFor(async () => {
      await wait(100);
      expect(screen.getByLabelText('Password')).toBeTruthy();
    });
    expect(document.body.textContent).toContain('takes no guests');
  });

  test('what the server puts off says why it waits', async () => {
    const { hub } = await open();
    hub.fate = () => ({ error: { code: 'disk_full', message: '', retry_ms: 5000 } });
    type('keep me');
    enter();
    await wait(200);
    expect(screen.getByText(/Waiting: the server has no room/)).toBeTruthy();
    hub.fate = () => ({});
    await wait(6000);
    expect(hub.said()).toEqual(['keep me']);
  });

  test('a new version is offered', async () => {
    const { hub } = await open();
    hub.build = 'two';
    hub.cutAll();
    await wait(3000);
    expect(screen.getByRole('button', { name: 'Reload' })).toBeTruthy();
  });
});

describe('messages', () => {
  const row = (i: number) => said()[i] as HTMLElement;
  const act = (i: number, name: string) => {
    fireEvent.mouseOver(row(i));
    fireEvent.click(within(row(i)).getByRole('button', { name }));
  };
  const menu = async (i: number, name: string) => {
    act(i, 'More');
    await vi.dynamicImportSettled();
    await wait(50);
    fireEvent.click(screen.getByRole('menuitem', { name }));
  };
  const mode = () => document.querySelector('[data-mode]')?.textContent;

  test('what can be done is shown for the one under the pointer, and only what is allowed', async () => {
    const { hub } = await open();
    hub.other('theirs');
    type('mine');
    enter();
    await wait(100);
    expect(within(screen.getByRole('log')).queryByRole('toolbar')).toBeNull();
    const names = () => within(within(screen.getByRole('log')).getByRole('toolbar')).getAllByRole('button').map((b) => b.getAttribute('aria-label'));
    fireEvent.mouseOver(row(0));
    expect(names()).toEqual(['👍', '❤️', '😂', '🎉', '😮', 'React', 'Reply', 'More']);
    fireEvent.mouseOver(row(1));
    expect(names()).toEqual(['👍', '❤️', '😂', '🎉', '😮', 'React', 'Reply', 'Edit', 'More']);
    fireEvent.mouseLeave(screen.getByRole('log'));
    expect(within(screen.getByRole('log')).queryByRole('toolbar')).toBeNull();
  });

  test('by keyboard: up from the list to the newest, then from one to the next', async () => {
    const { hub } = await open();
    hub.other('one');
    hub.other('two');
    await wait(100);
    const log = screen.getByRole('log');
    log.focus();
    fireEvent.keyDown(log, { key: 'ArrowUp' });
    expect(document.activeElement).toBe(row(1));
    expect(within(row(1)).getByRole('toolbar')).toBeTruthy();
    fireEvent.keyDown(row(1), { key: 'ArrowUp' });
    expect(document.activeElement).toBe(row(0));
    fireEvent.keyDown(row(0), { key: 'ArrowDown' });
    expect(document.activeElement).toBe(row(1));
  });

  test('↑ in an empty field edits the last own one; Escape gives up; the draft comes back', async () => {
    const { hub } = await open();
    for (const text of ['first', 'secnd']) {
      type(text);
      enter();
      await wait(100);
    }
    type('a draft');
    fireEvent.keyDown(field(), { key: 'ArrowUp' });
    expect(mode()).toBeUndefined();
    type('');
    fireEvent.keyDown(field(), { key: 'ArrowUp' });
    expect(mode()).toContain('Editing your message');
    expect(field().value).toBe('secnd');
    fireEvent.keyDown(field(), { key: 'Escape' });
    expect(mode()).toBeUndefined();
    type('a draft');
    act(1, 'Edit');
    expect(field().value).toBe('secnd');
    type('second');
    enter();
    expect(field().value).toBe('a draft');
    expect(row(1).textContent).toContain('second');
    await wait(100);
    expect(row(1).textContent).toContain('edited');
    expect(hub.lobby.log.map((e) => e.ev)).toEqual(['message', 'message', 'edit']);
    expect(screen.getByRole('button', { name: 'Send' })).toBeTruthy();
  });

  test('emptied in an edit, or deleted: asks first, then leaves a place that says so', async () => {
    const { hub } = await open();
    type('oops');
    enter();
    await wait(100);
    act(0, 'Edit');
    type('');
    enter();
    const ask = screen.getByRole('dialog');
    expect(ask.textContent).toContain('oops');
    fireEvent.click(within(ask).getByRole('button', { name: 'Cancel' }));
    expect(hub.lobby.log).toHaveLength(1);
    await menu(0, 'Delete…');
    fireEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Delete' }));
    await wait(100);
    expect(row(0).textContent).toContain('This message was deleted');
    expect(row(0).textContent).not.toContain('oops');
    fireEvent.mouseOver(row(0));
    expect(within(screen.getByRole('log')).queryByRole('toolbar')).toBeNull();
  });

  test('reacting: one\'s own is marked, a press on a chip joins in or takes back', async () => {
    const { hub } = await open();
    hub.other('hello');
    hub.does({ ev: 'react', target: 1, emoji: '🎉' });
    await wait(100);
    act(0, '👍');
    const chips = () => [...row(0).querySelectorAll('[data-reaction]')].map((c) => [c.textContent, c.getAttribute('aria-pressed')]);
    expect(chips()).toEqual([['🎉1', 'false'], ['👍1', 'true']]);
    fireEvent.click(within(row(0)).getByRole('button', { name: '🎉: 1 person' }));
    await wait(200);
    expect(chips()).toEqual([['🎉2', 'true'], ['👍1', 'true']]);
    fireEvent.click(within(row(0)).getByRole('button', { name: '👍: 1 person' }));
    await wait(200);
    expect(chips()).toEqual([['🎉2', 'true']]);
    expect(hub.changes.map((o) => o.op)).toEqual(['react', 'react', 'unreact']);
  });

  test('answering shows what is answered, also where it has to be fetched', async () => {
    const hub = new Hub();
    hub.other('the question');
    for (let i = 0; i < 120; i++) hub.other(`between ${i}`);
    // Were it unread, it would be fetched to be read.
    hub.lobby.reads.set('me', 121);
    await open(hub);
    act(-1 + said().length, 'Reply');
    expect(mode()).toContain('Replying to Bob');
    type('the answer');
    enter();
    await wait(200);
    expect(hub.lobby.log.at(-1)).toMatchObject({ text: 'the answer', reply_to: 121 });
    expect(said().at(-1)?.querySelector('[data-quote]')?.textContent).toBe('Bobbetween 119');
    expect(mode()).toBeUndefined();
    hub.does({ ev: 'message', text: 'to the first', reply_to: 1 });
    await wait(200);
    await wait(100);
    expect(said().at(-1)?.querySelector('[data-quote]')?.textContent).toBe('Bobthe question');
    expect(hub.histories.at(-1)).toMatchObject({ before: 2, limit: 1 });
  });

  test('an answer to what is deleted meanwhile is no answer any more; what was written stays', async () => {
    const { hub } = await open();
    hub.other('the question');
    await wait(100);
    act(0, 'Reply');
    type('the answer');
    hub.does({ ev: 'delete', target: 1 });
    await wait(200);
    expect(mode()).toBeUndefined();
    expect(screen.getByText('What you were replying to was deleted.')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Dismiss' }));
    enter();
    await wait(200);
    expect(hub.posts.at(-1)).toMatchObject({ text: 'the answer' });
    expect(hub.posts.at(-1)).not.toHaveProperty('reply_to');
  });

  test('a pin is marked on the message and told in the history', async () => {
    const { hub } = await open();
    hub.other('rules');
    await wait(100);
    await menu(0, 'Pin');
    await wait(100);
    expect(row(0).textContent).toContain('Pinned');
    expect(notices()).toEqual(['Me pinned a message. Show']);
    await menu(0, 'Unpin');
    await wait(100);
    expect(row(0).textContent).not.toContain('Pinned');
  });

  /** One changes what one has said, and the server has it no more. */
  async function refusedChange() {
    const { hub } = await open();
    type('mine');
    enter();
    await wait(100);
    hub.fate = () => ({ error: { code: 'no_message', message: '' } });
    act(0, 'Edit');
    type('changed');
    enter();
    await wait(100);
  }

  test('a change that was refused says so under the message', async () => {
    await refusedChange();
    expect(row(0).textContent).toContain('mine');
    expect(screen.getByText(/Not changed: the message is not there any more/)).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Dismiss' }));
    await wait(50);
    expect(screen.queryByText(/Not changed/)).toBeNull();
  });

  test('a change refused because its message is gone is offered as a draft, below the one there is', async () => {
    await refusedChange();
    type('next');
    fireEvent.click(screen.getByRole('button', { name: 'Keep the text as a draft' }));
    await wait(50);
    expect(screen.queryByText(/Not changed/)).toBeNull();
    expect(field().value).toBe('next\n\nchanged');
  });

  test('earlier messages can be asked for', async () => {
    const hub = new Hub();
    for (let i = 0; i < 70; i++) hub.other(`${i}`);
    // All of it has been read, so the room is open at its end.
    hub.lobby.reads.set('me', 70);
    await open(hub);
    expect(said()).toHaveLength(50);
    expect(document.querySelector('[data-beginning]')).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'Earlier messages' }));
    await wait(100);
    expect(said()).toHaveLength(70);
    expect(document.querySelector('[data-beginning]')?.textContent).toContain('This is the beginning of Lobby.');
  });

  test('who is typing', async () => {
    const { hub } = await open();
    const line = () => document.querySelector('[data-typing]')?.textContent;
    for (const [name, text] of [['Ann', 'Ann is typing…'], ['Bob', 'Ann and Bob are typing…'], ['Eve', 'Several people are typing…']]) {
      hub.spread({ ev: 'typing', room: 'lobby', from: { id: name, name } });
      await wait(50);
      expect(line()).toBe(text);
    }
    await wait(6000);
    expect(line()).toBe('');
  });
});

describe('rooms', () => {
  const links = () => within(screen.getByRole('navigation', { name: 'Rooms' })).getAllByRole('link');
  const current = () => links().find((l) => l.getAttribute('aria-current') === 'page')?.textContent;
  const visit = async (path: string) => {
    history.pushState(null, '', path);
    window.dispatchEvent(new Event('popstate'));
    await wait(200);
  };

  test('are listed with what is unread, and each has its own history and unsent text', async () => {
    const hub = new Hub();
    const room = garden(hub);
    await open(hub);
    expect(current()).toBe('Lobby');
    hub.other('roses', undefined, room);
    hub.other('tulips', undefined, room);
    await wait(100);
    expect(links().map((l) => l.textContent)).toEqual(['Lobby', 'Garden2 unread messages']);
    expect(document.title).toBe('(2) Lobby · Hubbub');
    type('for the lobby');
    await visit(links()[1]!.getAttribute('href')!);
    expect(current()).toBe('Garden');
    expect(said()).toHaveLength(2);
    expect(field().value).toBe('');
    expect(beginning()).toContain('Bob made it on');
    expect(notices()).toEqual(['Me joined']);
    expect(document.title).toBe('Garden · Hubbub');
    await visit('/');
    expect(field().value).toBe('for the lobby');
    expect(said()).toHaveLength(0);
  });

  test('one is created and opened, and its topic set', async () => {
    const { hub } = await open();
    fireEvent.click(screen.getByRole('button', { name: 'Create or join a room' }));
    await wait(100);
    fireEvent.click(screen.getByRole('button', { name: 'New room' }));
    await wait(100);
    const name = screen.getByLabelText<HTMLInputElement>('Its name');
    const submit = () => fireEvent.submit(name.closest('form')!);
    submit();
    await wait(50);
    expect(screen.getByText('Please type a name for the room.')).toBeTruthy();
    fireEvent.input(name, { target: { value: 'Lobby' } });
    submit();
    await wait(100);
    expect(screen.getByText(/somebody has this name already/)).toBeTruthy();
    fireEvent.input(name, { target: { value: 'Garden' } });
    submit();
    await wait(200);
    await wait(100);
    expect(current()).toBe('Garden');
    expect(screen.queryByRole('dialog')).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: /About this room: Garden/ }));
    await wait(100);
    fireEvent.input(screen.getByLabelText('What this room is about'), { target: { value: 'Roses' } });
    fireEvent.submit(screen.getByLabelText('What this room is about').closest('form')!);
    await wait(200);
    expect(document.querySelector('[data-topic]')?.textContent).toBe('Roses');
    expect(hub.core.rooms.size).toBe(2);
    expect(beginning()).toContain('This is the beginning of Garden. Me made it on');
    expect(notices()).toEqual(['Me set the topic: Roses']);
  });

  test('a public one is joined and left', async () => {
    const hub = new Hub();
    const room = hub.core.addRoom('attic', 'Attic');
    hub.core.append(room, { id: 'bob', name: 'Bob' }, { ev: 'created', name: 'Attic' });
    await open(hub);
    fireEvent.click(screen.getByRole('button', { name: 'Create or join a room' }));
    await wait(100);
    fireEvent.click(screen.getByRole('button', { name: 'Join Attic' }));
    await wait(200);
    await wait(100);
    expect(current()).toBe('Attic');
    fireEvent.click(screen.getByRole('button', { name: /About this room/ }));
    await wait(100);
    fireEvent.click(screen.getByRole('button', { name: 'Leave this room' }));
    await wait(100);
    fireEvent.click(screen.getByRole('button', { name: 'Leave' }));
    await wait(200);
    await wait(100);
    expect(links().map((l) => l.textContent)).toEqual(['Lobby']);
    expect(current()).toBe('Lobby');
  });

  test('an address of a room that one is not in offers to join it', async () => {
    const hub = new Hub();
    hub.core.addRoom('attic', 'Attic');
    await open(hub);
    await visit('/r/attic');
    expect(screen.getByText('You are not in this room')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Join' }));
    await wait(200);
    expect(current()).toBe('Attic');
    expect(field()).toBeTruthy();
    await visit('/r/nowhere');
    fireEvent.click(screen.getByRole('button', { name: 'Join' }));
    await wait(200);
    expect(screen.getByText(/That did not work/)).toBeTruthy();
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
    const items = within(screen.getByRole('complementary')).getAllByRole('listitem').map((i) => i.textContent);
    expect(items).toEqual(['Meyouactive', 'Zoeactive', 'Idaidle']);
    expect(screen.getByText('and 4 more')).toBeTruthy();
    expect(screen.getByText('2 visitors')).toBeTruthy();
  });

  test('one changes one\'s name, and hears when it became another', async () => {
    const { hub } = await open();
    fireEvent.click(screen.getByRole('button', { name: 'Account and settings: Guest 4821 Guest' }));
    await wait(50);
    fireEvent.click(screen.getByRole('menuitem', { name: 'Change your name' }));
    await wait(50);
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
