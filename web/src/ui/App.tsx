import { useRef, useState, useSyncExternalStore } from 'react';
import type { Session } from '../sync/session';
import { Announcer } from './Announcer';
import { ChatHistory } from './ChatHistory';
import { ChatInput } from './ChatInput';
import { ConnectionBanner } from './ConnectionBanner';
import { Header } from './Header';
import { NameEditor } from './NameEditor';
import { NewBuild } from './NewBuild';
import { PeopleDrawer } from './PeopleDrawer';
import { PeoplePanel } from './PeoplePanel';
import css from './App.module.css';

export function App({ session }: { session: Session }) {
  const snapshot = useSyncExternalStore(session.subscribe, session.current, session.current);
  const [open, setOpen] = useState<'name' | 'people' | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const { you, people, phase, seekingSince } = snapshot;
  const close = () => {
    setOpen(null);
    // One came from typing and goes back to it. A phone would open its keyboard for that, so not there.
    if (open === 'name') field.current?.focus();
  };

  return (
    <div className={css.app}>
      <Header
        you={you}
        roomName={snapshot.roomName}
        people={people}
        onName={() => setOpen('name')}
        onPeople={() => setOpen('people')}
      />
      <div className={css.banners}>
        <ConnectionBanner
          phase={phase}
          seekingSince={seekingSince}
          first={you.id === ''}
          onTry={() => session.kick()}
        />
        {snapshot.newBuild && <NewBuild />}
      </div>
      <div className={css.columns}>
        <main className={css.talk}>
          <ChatHistory session={session} snapshot={snapshot} onLeave={() => field.current?.focus()} />
          <ChatInput session={session} field={field} />
        </main>
        <PeoplePanel people={people} youId={you.id} />
      </div>
      <Announcer log={snapshot.log} version={snapshot.version} />
      {open === 'name' && (
        <NameEditor session={session} name={you.name} nameChars={snapshot.nameChars} onClose={close} />
      )}
      {open === 'people' && <PeopleDrawer people={people} youId={you.id} onClose={close} />}
    </div>
  );
}
