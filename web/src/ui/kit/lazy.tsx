// Parts of the page that are not needed to read and write. They come when the page has nothing else to do, so that each opens
// at once, also without a network; whoever is faster waits for it.

import { lazy, useEffect, useState, type ComponentType } from 'react';
import { reasonOf, t } from '../../i18n/t';
import { ofTab } from '../shell/browser';
import { toast } from './toast';

const AGAIN = 'reloaded';

/** Settled when the person can read and write. Where nothing is waited for, that is at once. */
let usable = Promise.resolve();

/** Holds back what is drawn from the start and not waited for (`unhurried`), until what it returns is called. */
export function hold(): () => void {
  let release!: () => void;
  usable = new Promise((resolve) => (release = resolve));
  return release;
}

/** For a part that is drawn from the start: its script does not compete with the first messages for the page's one thread. */
export const unhurried = <T,>(load: () => Promise<T>) => (): Promise<T> => usable.then(load);

const waiting: (() => Promise<unknown>)[] = [];

type Loaded<P> = { default: ComponentType<P> };

/**
 * `lazy`, for a page that may be older than its server: after an update the old part is not there any more, and loading
 * the page anew, once, brings the new one. Everything typed is kept on the device, so nothing is lost by it. What cannot be
 * had is said, and sought again when it is asked for again.
 */
export function later<P extends object>(load: () => Promise<Loaded<P>>): ComponentType<P> {
  let part: ComponentType<P> | null = null;
  const get = async (): Promise<Loaded<P>> => {
    const loaded = await load();
    part = loaded.default;
    return loaded;
  };
  const seek = () => lazy(() => get().then(arrived, missed)) as ComponentType<P>;
  const missed = async (): Promise<Loaded<P>> => {
    Waiting = seek();
    await renewed();
    // Where the page is not an old one, it was only that the server was away for a moment.
    return get().catch(() => ({ default: Missing }));
  };
  let Waiting = seek();
  waiting.push(get);
  return function Later(props: P) {
    // As it was when it was opened: to change from the one to the other would be to open it anew.
    const [Part] = useState<ComponentType<P>>(() => part ?? Waiting);
    return <Part {...props} />;
  };
}

/** The same for what is no component. */
export const soon = (load: () => Promise<unknown>): void => void waiting.push(load);

function arrived<T>(loaded: T): T {
  ofTab.set(AGAIN, '');
  return loaded;
}

/** Loads the page anew, once, and only where the server has another one: one that is away has none. */
async function renewed(): Promise<void> {
  if (ofTab.get(AGAIN)) return;
  const page = await fetch('/', { cache: 'no-store' }).then((r) => (r.ok ? r.text() : ''), () => '');
  const own = document.querySelector('script[src]')?.getAttribute('src') ?? '';
  if (page === '' || page.includes(own)) return;
  ofTab.set(AGAIN, '1');
  location.reload();
}

function Missing({ onClose }: { onClose?: () => void }) {
  useEffect(() => {
    toast(t('did_not_work', { reason: reasonOf({ code: 'closed', message: '' }) }));
    onClose?.();
    // oxlint-disable-next-line react/exhaustive-deps -- it is said once
  }, []);
  return null;
}

/**
 * Brings what is not here yet, one part after the other, and what those bring up in turn. What does not come now comes when
 * it is asked for.
 */
export async function warm(): Promise<void> {
  for (let load = waiting.shift(); load; load = waiting.shift()) {
    // oxlint-disable-next-line no-await-in-loop -- in turn, so that whatever is wanted meanwhile does not stand behind all of it
    await load().catch(() => {});
  }
}
