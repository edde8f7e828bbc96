// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import Join from '../../src/ui/account/Join';
import { SessionProvider } from '../../src/ui/shell/session';
import { Name } from '../../src/ui/welcome/Name';
import { Hub } from '../unit/fake-hub';
import { begin, end, open, wait } from './support';

const called = (hub: Hub, name: string) => hub.spread({ ev: 'server', members_only: false, slow_ms: 0, name });

describe('what the community is called', () => {
  beforeEach(begin, 30_000);
  afterEach(end);

  test('stands over the rooms and in the title, and changes with it', async () => {
    const hub = new Hub();
    hub.server.name = 'Pond';
    await open(hub);
    expect(screen.getByRole('region', { name: 'Pond' }).textContent).toContain('Pond');
    expect(document.title).toBe('Lobby · Pond');
    called(hub, 'Grüner Garten');
    await wait(100);
    expect(screen.getByRole('region', { name: 'Grüner Garten' })).toBeTruthy();
    expect(document.title).toBe('Lobby · Grüner Garten');
    called(hub, '');
    await wait(100);
    expect(screen.getByRole('region', { name: 'Hubbub' })).toBeTruthy();
    expect(document.title).toBe('Lobby · Hubbub');
  });

  describe('is said in the set-up', () => {
    const step = async () => {
      const { hub, session } = await open();
      cleanup();
      const onNext = vi.fn<() => void>();
      render(
        <SessionProvider value={session}>
          <Name onNext={onNext} />
        </SessionProvider>,
      );
      const field = screen.getByLabelText<HTMLInputElement>('What is your community called?');
      const type = (value: string) => fireEvent.input(field, { target: { value } });
      const goOn = async () => {
        fireEvent.click(screen.getByRole('button', { name: 'Continue' }));
        await wait(100);
      };
      const said = () => hub.asked.filter((o) => o.op === 'server_name').map((o) => o.name);
      return { hub, field, onNext, type, goOn, said };
    };

    test('or not: then nothing is said to the server', async () => {
      const { onNext, goOn, said } = await step();
      expect(screen.queryByRole('button', { name: 'Skip' })).toBeNull();
      await goOn();
      expect(said()).toEqual([]);
      expect(onNext).toHaveBeenCalledOnce();
    });

    test('or skipped with something typed', async () => {
      const { onNext, type, said } = await step();
      type('Pond');
      fireEvent.click(screen.getByRole('button', { name: 'Skip' }));
      await wait(100);
      expect(said()).toEqual([]);
      expect(onNext).toHaveBeenCalledOnce();
    });

    test('in one line, and no longer than a name is', async () => {
      const { onNext, type, goOn, said } = await step();
      type('n'.repeat(41));
      await goOn();
      expect(screen.getByRole('alert').textContent).toContain('at most 40 characters');
      expect(onNext).not.toHaveBeenCalled();
      type('  The   garden ');
      expect(screen.queryByRole('alert')).toBeNull();
      await goOn();
      expect(said()).toEqual(['The garden']);
      expect(onNext).toHaveBeenCalledOnce();
    });

    test('and when the server does not want it, the reason is told', async () => {
      const { hub, field, onNext, type, goOn } = await step();
      hub.answer = () => ({ error: { code: 'forbidden', message: '' } });
      type('Pond');
      await goOn();
      expect(screen.getByRole('alert').textContent).toContain('That did not work');
      expect(field.value).toBe('Pond');
      expect(onNext).not.toHaveBeenCalled();
    });
  });

  describe('is what whoever comes reads', () => {
    afterEach(() => vi.unstubAllGlobals());

    const come = async (door: object) => {
      const body = { kind: 'none', signup: 'open', guests: true, server_name: '', ...door };
      vi.stubGlobal('fetch', async () => new Response(JSON.stringify(body), { headers: { 'Content-Type': 'application/json' } }));
      render(<Join token={body.kind === 'none' ? '' : 'x'} />);
      await wait(100);
      return screen.getByRole('heading', { level: 1 }).textContent;
    };

    test('with an account', async () => {
      expect(await come({ server_name: 'Pond' })).toBe('Sign in');
      expect(screen.getByText('With your account at Pond.')).toBeTruthy();
      expect(screen.getByText('Pond')).toBeTruthy();
      expect(document.title).toBe('Sign in · Pond');
      fireEvent.click(screen.getByRole('button', { name: 'Make an account' }));
      expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Join Pond');
    });

    test('with an invitation', async () => {
      expect(await come({ kind: 'invite', by: 'Olga', server_name: 'Pond' })).toBe('Olga invites you to Pond');
    });

    test('unless it has none', async () => {
      expect(await come({ kind: 'invite', by: 'Olga' })).toBe('Olga invites you');
      expect(screen.getByText('Hubbub')).toBeTruthy();
      expect(document.title).toBe('Sign in · Hubbub');
    });
  });
});
