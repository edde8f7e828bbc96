import { useEffect, useMemo, useRef, type KeyboardEvent, type MouseEvent } from 'react';
import { clockOf, dayLabel, dayOf, fullOf } from '../../i18n/time';
import type { Hit } from '../../proto/v1';
import { asSeen, excerpt, marked } from '../../text/query';
import { useToday } from '../history/useToday';
import { Avatar } from '../kit/Avatar';
import { KindIcon } from '../rooms/RoomIcon';
import { hrefOf } from '../shell/route';
import { useView } from '../shell/session';
import { texts } from './texts';
import css from './Hits.module.css';

const { t } = texts;
/** Of a long message as many characters are shown. */
const SHOWN = 320;

interface Group {
  key: string;
  room: string;
  day: number;
  hits: Hit[];
}

export const keyOf = (hit: Hit): string => `${hit.room}/${hit.event.seq}`;

/** Neighbours of one room and one day stand under one heading. */
function grouped(hits: readonly Hit[]): Group[] {
  const groups: Group[] = [];
  for (const hit of hits) {
    const day = dayOf(hit.event.ts);
    const last = groups.at(-1);
    if (last?.room === hit.room && last.day === day) last.hits.push(hit);
    else groups.push({ key: keyOf(hit), room: hit.room, day, hits: [hit] });
  }
  return groups;
}

interface Props {
  hits: readonly Hit[];
  onOpen(hit: Hit): void;
  /** Up from the first one. */
  onLeave(): void;
}

/** What was found, by room and day; one moves through it with the arrows. */
export function Hits({ hits, onOpen, onLeave }: Props) {
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (e: KeyboardEvent) => {
    const all = [...(list.current?.querySelectorAll<HTMLElement>('a[data-hit]') ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[e.key];
    if (to === undefined || at < 0) return;
    e.preventDefault();
    if (to < 0) onLeave();
    else all[to]?.focus();
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- the keys move between the links within
    <div ref={list} onKeyDown={onKeyDown}>
      {grouped(hits).map((group) => (
        <section key={group.key} className={css.group}>
          <Heading room={group.room} day={group.day} />
          <ul>
            {group.hits.map((hit) => (
              <Found key={keyOf(hit)} hit={hit} onOpen={onOpen} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function Heading({ room: id, day }: { room: string; day: number }) {
  const today = useToday();
  const room = useView((s) => s.rooms.find((r) => r.id === id) ?? null);
  return (
    <h2 className={css.heading}>
      {room && room.kind !== 'direct' && <KindIcon kind={room.kind} archived={room.archived} />}
      <bdi className={css.room}>{room?.title ?? id}</bdi>
      <span className={css.day}>{dayLabel(day, today)}</span>
    </h2>
  );
}

function Found({ hit, onOpen }: { hit: Hit; onOpen(hit: Hit): void }) {
  const { event, marks } = hit;
  const open = (e: MouseEvent) => {
    if (!e.metaKey && !e.ctrlKey && !e.shiftKey) onOpen(hit);
  };
  return (
    <li>
      <a className={css.hit} href={hrefOf(hit.room, event.seq)} data-hit={keyOf(hit)} onClick={open}>
        <Avatar id={event.from.id} name={event.from.name} visitor={event.from.visitor === true} />
        <span className={css.body}>
          <span className={css.top}>
            <bdi className={css.author}>{event.from.name}</bdi>
            <time className={css.time} dateTime={new Date(event.ts).toISOString()} title={fullOf(event.ts)}>
              {clockOf(event.ts)}
            </time>
          </span>
          {event.text && <Marked text={event.text} marks={marks} />}
          {event.files && event.files.length > 0 && (
            <span className={css.files}>
              {t('only_files')}: <bdi>{event.files.map((f) => f.name).join(', ')}</bdi>
            </span>
          )}
        </span>
      </a>
    </li>
  );
}

function Marked({ text, marks }: { text: string; marks: Hit['marks'] }) {
  const part = useMemo(() => {
    const seen = asSeen(text, marks);
    return excerpt(seen.text, seen.marks, SHOWN);
  }, [text, marks]);
  let at = 0;
  return (
    <span className={css.text} dir="auto">
      {marked(part.text, part.marks).map((piece) => {
        const key = at;
        at += piece.text.length;
        return piece.hit ? <mark key={key}>{piece.text}</mark> : <span key={key}>{piece.text}</span>;
      })}
    </span>
  );
}

/** Calls when the end of what is shown is near. */
export function Further({ onNear }: { onNear(): void }) {
  const mark = useRef<HTMLDivElement>(null);
  const near = useRef(onNear);
  near.current = onNear;
  useEffect(() => {
    const at = mark.current;
    if (!at || typeof IntersectionObserver === 'undefined') return undefined;
    const watch = new IntersectionObserver((all) => all.some((e) => e.isIntersecting) && near.current(), { rootMargin: '600px' });
    watch.observe(at);
    return () => watch.disconnect();
  }, []);
  return <div ref={mark} />;
}
