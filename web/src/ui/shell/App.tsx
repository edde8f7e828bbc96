import { useCallback, useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react';
import { reasonOf, t } from '../../i18n/t';
import { nobody } from '../../sync/people';
import { RoomLog, type Message } from '../../sync/roomlog';
import { SIGNED_OUT } from '../../proto/v1';
import type { Session } from '../../sync/session';
import { Announcer } from '../history/Announcer';
import { ChatHistory } from '../history/ChatHistory';
import { ChatInput, type Mode } from '../composer/ChatInput';
import { ConfirmDelete } from '../message/ConfirmDelete';
import { ConnectionBanner } from './ConnectionBanner';
import { Header } from './Header';
import { Join } from '../account/Join';
import { NameEditor } from '../people/NameEditor';
import { NewBuild } from './NewBuild';
import { NotHere } from './NotHere';
import { PeopleDrawer } from './PeopleDrawer';
import { PeoplePanel } from '../people/PeoplePanel';
import { RoomDialog } from '../rooms/RoomDialog';
import { RoomList, tally } from '../rooms/RoomList';
import { RoomsDialog } from '../rooms/RoomsDialog';
import { RoomsDrawer } from './RoomsDrawer';
import { useRoute } from './route';
import { TypingLine } from '../history/TypingLine';
import css from './App.module.css';

type Open = 'name' | 'people' | 'drawer' | 'rooms' | 'room' | { delete: Message } | null;

/** Before the first hello there is no room to draw. */
const nothing = new RoomLog('');

export function App({ session }: { session: Session }) {
  const snapshot = useSyncExternalStore(session.subscribe, session.current, session.current);
  const route = useRoute();
  const [open, setOpen] = useState<Open>(null);
  const [ofRoom, setMode] = useState<{ room: string; mode: Mode } | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const { you, room, rooms, phase, seekingSince } = snapshot;
  const people = room?.people ?? nobody;
  const log = room?.log ?? nothing;

  useLayoutEffect(() => {
    session.open(route);
  }, [session, route]);
  const mode = ofRoom?.room === route ? ofRoom.mode : null;

  const unread = rooms.reduce((sum, r) => sum + r.unread, 0);
  useEffect(() => {
    document.title = unread > 0 ? `(${tally(unread)}) ${t('title')}` : t('title');
  }, [unread]);

  const toField = useCallback(() => field.current?.focus(), []);
  const close = useCallback(() => {
    setOpen(null);
    // One came from typing and goes back to it. A phone would open its keyboard for that, so not there.
    if (!matchMedia('(hover: none)').matches) toField();
  }, [toField]);
  const onDelete = useCallback((message: Message) => setOpen({ delete: message }), []);
  const onMode = useCallback(
    (next: Mode | null) => {
      setMode(next && { room: route, mode: next });
      toField();
    },
    [route, toField],
  );

  if (snapshot.ended !== null) return <Join token="" why={t(snapshot.ended === SIGNED_OUT ? 'signed_out' : 'shut_out')} />;
  if (snapshot.refused?.code === 'guests_off') return <Join token="" why={reasonOf(snapshot.refused)} />;
  return (
    <div className={css.app}>
      <Header
        you={you}
        room={room}
        people={people}
        unread={unread - (room?.unread ?? 0)}
        onName={() => setOpen('name')}
        onPeople={() => setOpen('people')}
        onRooms={() => setOpen('drawer')}
        onRoom={() => setOpen('room')}
      />
      <div className={css.banners}>
        <ConnectionBanner
          phase={phase}
          seekingSince={seekingSince}
          refused={snapshot.refused}
          first={you.id === ''}
          onTry={() => session.kick()}
        />
        {snapshot.newBuild && <NewBuild />}
      </div>
      <div className={css.columns}>
        <div className={css.rooms}>
          <RoomList rooms={rooms} current={route} role={you.role} onAdd={() => setOpen('rooms')} />
        </div>
        {room || rooms.length === 0 ? (
          <main className={css.talk}>
            <ChatHistory
              key={`${route}:${log.epoch}`}
              session={session}
              snapshot={snapshot}
              log={log}
              pending={room?.pending ?? []}
              onLeave={toField}
              onMode={onMode}
              onDelete={onDelete}
            />
            <TypingLine names={room?.typing ?? []} />
            <ChatInput
              key={route}
              session={session}
              room={route}
              log={log}
              youId={you.id}
              field={field}
              mode={mode}
              onMode={onMode}
              onDelete={onDelete}
            />
          </main>
        ) : (
          <NotHere key={route} session={session} room={route} />
        )}
        <PeoplePanel people={people} youId={you.id} />
      </div>
      <Announcer key={`${route}:${log.epoch}`} log={log} version={snapshot.version} />
      {open === 'name' && (
        <NameEditor session={session} name={you.name} nameChars={snapshot.limits.name_chars} onClose={close} />
      )}
      {open === 'people' && <PeopleDrawer people={people} youId={you.id} onClose={() => setOpen(null)} />}
      {open === 'drawer' && (
        <RoomsDrawer
          rooms={rooms}
          current={route}
          role={you.role}
          onAdd={() => setOpen('rooms')}
          onClose={() => setOpen(null)}
        />
      )}
      {open === 'rooms' && <RoomsDialog session={session} snapshot={snapshot} onClose={() => setOpen(null)} />}
      {open === 'room' && room && (
        <RoomDialog session={session} room={room} topicChars={snapshot.limits.topic_chars} onClose={close} />
      )}
      {open !== null && typeof open === 'object' && (
        <ConfirmDelete message={open.delete} session={session} onClose={close} />
      )}
    </div>
  );
}
