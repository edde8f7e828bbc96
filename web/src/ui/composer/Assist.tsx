// What helps with writing: completion, formatting, emoji, and a few words in time. It comes a moment after the field, which
// one can write into without it, and listens to the field's events before the field's own keys are looked at.

import { Suspense, useEffect, useLayoutEffect, useRef, useState, type ReactNode, type RefObject } from 'react';
import type { RoomView } from '../../sync/room';
import { later } from '../kit/lazy';
import { prefs } from '../shell/prefs';
import { useSession } from '../shell/session';
import { useShortcut } from '../shortcuts/useShortcut';
import type { Candidate } from './candidates';
import { obey } from './commands/obey';
import { saysNothing } from './commands/parse';
import { linked, looksLikeCode, typedOver } from './edits';
import { apply, spotOf } from './field';
import { CodeHint, EverybodyHint, Limit, OutsideHint, type Pasted } from './Hints';
import { formatOf, newLineOf } from './format';
import { isComposing, sends } from './keys';
import { spare } from './limit';
import { Tools } from './Tools';
import { callsAll } from './trigger';
import { useCompletion, type Completing } from './useCompletion';

const Completion = later(() => import('./Completion'));

/** From how few characters on one is told how many are left. */
const NEAR = 500;

/** What the field can do with its text. */
export interface Writing {
  post(text: string): void;
  /** `answers`: the message that the next text answers. */
  clear(answers: number | null): void;
  setWrong(why: string): void;
}

export interface Helped {
  /** A text was said. */
  sent(text: string): void;
  /** Does what a text that begins with a slash says, or says it. */
  obey(text: string, writing: Writing): void;
}

type Field = RefObject<HTMLTextAreaElement | null>;

interface Props {
  room: string;
  view: RoomView | null;
  field: Field;
  helped: RefObject<Helped | null>;
  /** Whether a text here may be a command. */
  commands: boolean;
  /** Told as one writes: whether what is in the field will be no message. */
  onQuiet(quiet: boolean): void;
  className: string | undefined;
  /** Other tools. */
  children: ReactNode;
}

export default function Assist({ room, view, field, helped, commands, onQuiet, className, children }: Props) {
  const [pasted, setPasted] = useState<Pasted | null>(null);
  const [outside, setOutside] = useState<readonly Candidate[]>([]);
  const completing = useCompletion(field, commands);
  const { all, left } = useAbout(field, onQuiet);
  useShortcut('bold');
  useShortcut('italic');
  useShortcut('code');
  useHelp(field, completing, setPasted);
  const obeyed = useObey(room);
  useLayoutEffect(() => {
    helped.current = {
      sent(text) {
        setOutside(completing.outside.current.filter((p) => text.includes(`@${p.name}`)));
        completing.outside.current = [];
        setPasted(null);
      },
      obey: (text, writing) => void obeyed(text, writing),
    };
    return () => void (helped.current = null);
  });
  return (
    <>
      {completing.trigger && (
        <Suspense fallback={null}>
          <Completion room={room} trigger={completing.trigger} field={field} completing={completing} />
        </Suspense>
      )}
      {pasted && <CodeHint field={field} pasted={pasted} onClose={() => setPasted(null)} />}
      {all && <EverybodyHint room={view} />}
      {outside.length > 0 && view && <OutsideHint room={view} people={outside} onClose={() => setOutside([])} />}
      {left !== null && <Limit left={left} />}
      <Tools field={field} className={className}>
        {children}
      </Tools>
    </>
  );
}

/** Commands, one after the other. */
function useObey(room: string) {
  const session = useSession();
  const busy = useRef(false);
  return async (text: string, { post, clear, setWrong }: Writing) => {
    if (busy.current) return;
    busy.current = true;
    const outcome = await obey(session, room, text).finally(() => (busy.current = false));
    const now = session.drafts.get(room);
    // Meanwhile it may have become another text, which is nobody's to take away.
    if (now.text !== text) return;
    if (!outcome) clear(now.replyTo);
    else if ('say' in outcome) post(outcome.say);
    else setWrong(outcome.wrong);
  };
}

/** What there is to say of the text as it stands. */
function useAbout(field: Field, onQuiet: Props['onQuiet']) {
  const session = useSession();
  const [all, setAll] = useState(false);
  const [left, setLeft] = useState<number | null>(null);
  useEffect(() => {
    const area = field.current;
    if (!area) return undefined;
    const look = () => {
      setAll(callsAll(area.value));
      setLeft(spare(area.value, session.current().limits.message_bytes, NEAR));
      onQuiet(saysNothing(area.value));
    };
    look();
    area.addEventListener('input', look);
    // Another text was put into it.
    area.addEventListener('load', look);
    return () => {
      area.removeEventListener('input', look);
      area.removeEventListener('load', look);
    };
  }, [field, session, onQuiet]);
  return { all, left };
}

/** Keys, changes and pastes of the field, as they come. */
function useHelp(field: Field, completing: Completing, setPasted: (pasted: Pasted | null) => void): void {
  const latest = useRef(completing);
  latest.current = completing;
  useLayoutEffect(() => {
    const area = field.current;
    if (!area) return undefined;
    const stop = new AbortController();
    const on = <K extends keyof HTMLElementEventMap>(type: K, run: (e: HTMLElementEventMap[K]) => void, capture = false) =>
      area.addEventListener(type, run, { signal: stop.signal, capture });
    on('keydown', (e) => took(e, area, latest.current) && e.preventDefault(), true);
    on('beforeinput', (e) => wraps(e, area) && e.preventDefault());
    on('input', (e) => !(e as InputEvent).isComposing && latest.current.look((e as InputEvent).inputType ?? ''));
    // Another text was put into it, or it was sent: then nothing is being written any more.
    on('load', () => latest.current.look());
    on('compositionend', () => latest.current.look(''));
    on('blur', () => latest.current.close());
    on('paste', (e) => {
      const text = e.clipboardData?.getData('text/plain').replace(/\r\n?/g, '\n') ?? '';
      const link = linked(spotOf(area), text);
      if (link) {
        e.preventDefault();
        apply(area, link);
      } else if (looksLikeCode(text)) setPasted({ text, from: area.selectionStart });
    });
    const moved = () => document.activeElement === area && latest.current.look();
    document.addEventListener('selectionchange', moved, { signal: stop.signal });
    return () => stop.abort();
  }, [field, setPasted]);
}

function took(e: KeyboardEvent, area: HTMLTextAreaElement, completing: Completing): boolean {
  if (isComposing(e)) return false;
  if (completing.keys.current?.(e)) return true;
  const edit = formatOf(e, area) ?? (sends(e, prefs().enterSends) ? null : newLineOf(e, area));
  if (edit) apply(area, edit);
  return edit !== null;
}

/** A mark typed over what is selected goes around it: by what the browser is about to put in, whatever key that was. */
function wraps(e: InputEvent, area: HTMLTextAreaElement): boolean {
  if (e.inputType !== 'insertText' || e.isComposing || !e.cancelable) return false;
  const edit = typedOver(spotOf(area), e.data ?? '');
  if (edit) apply(area, edit);
  return edit !== null;
}
