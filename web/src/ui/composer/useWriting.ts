// What is in the field and becomes of it. The field keeps its own text (it is not controlled): an input method composes
// undisturbed, and what was typed is never thrown away by drawing. Every change is kept at once: as the room's draft, or, of
// a message that is being edited, for this tab.

import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import { t } from '../../i18n/t';
import type { RoomLog } from '../../sync/roomlog';
import { prefs } from '../shell/prefs';
import { useSession, useView } from '../shell/session';
import { show as open } from '../shell/surface';
import { postWithFiles } from '../files/store';
import type { Helped } from './Assist';
import { fitter, isTouch } from './field';
import { begunEdit, type Mode } from './mode';

interface About {
  room: string;
  log: RoomLog;
  mode: Mode | null;
  onMode(mode: Mode | null): void;
  /** One may not say anything yet. */
  wait: boolean;
  helped: RefObject<Helped | null>;
  /** It was said. */
  onSent(text: string): void;
}

export interface Writing {
  field: RefObject<HTMLTextAreaElement | null>;
  filled: boolean;
  /** What is wrong with it, once one has tried to send it; empty: nothing. */
  wrong: string;
  changed(): void;
  send(): void;
}

export function useWriting({ room, log, mode, onMode, wait, helped, onSent }: About): Writing {
  const session = useSession();
  const person = useView((s) => s.you.id);
  const given = useView(() => session.drafts.given);
  const field = useRef<HTMLTextAreaElement>(null);
  /** Not just arrived in this room. */
  const here = useRef(false);
  const { filled, wrong, setWrong, measure, load } = useText(field);
  const edited = mode?.kind === 'edit' ? mode.message : null;
  const replyTo = mode?.kind === 'reply' ? mode.message.seq : null;
  const lost = useLostMode({ room, log, mode, onMode });

  // The text of the message to change, and then what was there before it.
  useLayoutEffect(() => {
    const begun = begunEdit.get(room);
    if (edited) load(begun?.seq === edited.seq ? begun.text : edited.text);
    else {
      if (here.current) begunEdit.set(room, null);
      load(session.drafts.get(room).text);
    }
    // A phone would open its keyboard, and hide the half of what there is to read.
    if (here.current || !isTouch()) field.current?.focus();
    here.current = true;
    // oxlint-disable-next-line react/exhaustive-deps -- another text for another message, and only then
  }, [edited?.key, room]);

  const keep = () => {
    const text = field.current?.value ?? '';
    if (edited) begunEdit.set(room, { seq: edited.seq, text });
    else session.drafts.set(room, { text, replyTo: replyTo ?? lost.current });
  };
  useEffect(() => {
    if (!edited) keep();
    // oxlint-disable-next-line react/exhaustive-deps -- the text is kept when it changes
  }, [replyTo]);
  const loadDraft = () => {
    const { text } = session.drafts.get(room);
    if (!edited && field.current && field.current.value !== text) load(text);
  };
  useOtherTabs(loadDraft);
  // Whose drafts these are is known only when it is known who is here; and a text may be given back.
  // oxlint-disable-next-line react/exhaustive-deps -- and only then
  useLayoutEffect(loadDraft, [person, given]);

  const changed = () => {
    keep();
    measure();
    const text = field.current?.value.trim() ?? '';
    // A command is nothing that the room will read.
    if (!edited && prefs().tellTyping && text && text[0] !== '/') session.typing();
  };

  const change = (message: NonNullable<typeof edited>, text: string) => {
    if (log.find(message.seq)?.deleted) return setWrong(t('deleted'));
    const same = text.trim() === message.text.trim();
    const result = same ? 'ok' : session.edit(message.seq, text);
    if (result === 'too_long') return setWrong(t('too_long'));
    if (result === 'empty') open('delete', { message });
    return onMode(null);
  };

  const send = () => {
    const area = field.current;
    if (!area) return;
    area.focus();
    if (edited) return change(edited, area.value);
    // What may be a command waits until it is known which there are: it was not meant for everybody.
    if (area.value[0] === '/') return helped.current?.obey(area.value, { post, clear, setWrong });
    return post(area.value);
  };

  const clear = (answers: number | null) => {
    session.drafts.set(room, { text: '', replyTo: answers });
    load('');
  };

  const post = (text: string) => {
    const result = wait || postWithFiles(session, room, text, replyTo, send);
    if (result === 'too_long') return setWrong(t('too_long'));
    if (result !== 'ok') return undefined;
    lost.current = null;
    clear(null);
    onSent(text);
    return mode && onMode(null);
  };

  return { field, filled, wrong, changed, send };
}

/** What the page has to know of the text. */
function useText(field: RefObject<HTMLTextAreaElement | null>) {
  const fit = useRef(fitter());
  const [filled, setFilled] = useState(false);
  const [wrong, setWrong] = useState('');
  const measure = () => {
    const area = field.current;
    if (!area) return;
    setFilled(area.value.trim() !== '');
    setWrong('');
    fit.current(area);
  };
  const load = (text: string) => {
    if (!field.current) return;
    // Set anew, the same text would take the caret to its end.
    if (field.current.value !== text) field.current.value = text;
    measure();
    field.current.dispatchEvent(new Event('load'));
  };
  return { filled, wrong, setWrong, measure, load };
}

/** Another tab may have written on: what this one shows when one comes back to it is what is kept. */
function useOtherTabs(again: () => void): void {
  const latest = useRef(again);
  latest.current = again;
  useEffect(() => {
    const back = () => latest.current();
    window.addEventListener('focus', back);
    return () => window.removeEventListener('focus', back);
  }, []);
}

/** Takes up what the page was about when it was left: an answer, or a change. The message may have to be fetched first. */
function useLostMode({ room, log, mode, onMode }: Omit<About, 'wait' | 'helped' | 'onSent'>): RefObject<number | null> {
  const session = useSession();
  const sought = useRef(session.drafts.get(room).replyTo);
  // Read once: it lies in the browser's storage.
  const [begun] = useState(() => begunEdit.get(room)?.seq ?? null);
  const editing = useRef(begun);
  const asked = useRef(false);
  // As long as it is sought, whatever comes may be it.
  useView(() => (editing.current ?? sought.current) !== null && log.version);
  useEffect(() => {
    // Whoever has begun something else meanwhile means that.
    if (mode) sought.current = editing.current = null;
    const seq = editing.current ?? sought.current;
    if (seq === null || log.entries.length === 0) return;
    const message = log.find(seq);
    // What another person was changing here is no change of this one's. Where it is deleted, its text is still to be had.
    const may = message && (editing.current === null ? !message.deleted : message.mine);
    if (may) onMode({ kind: editing.current === null ? 'reply' : 'edit', message });
    else if (message) sought.current = editing.current = null;
    else if (!asked.current) {
      asked.current = true;
      session.quoted(seq);
    }
  });
  return sought;
}
