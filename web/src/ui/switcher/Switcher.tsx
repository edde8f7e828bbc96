import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import { tn } from '../../i18n/t';
import type { RoomView } from '../../sync/room';
import { mayCreate } from '../../sync/roles';
import { Dialog } from '../kit/Dialog';
import { useFound } from '../people/directory';
import { Face } from '../people/Face';
import { openDirect } from '../rooms/openDirect';
import { SearchIcon } from '../rooms/icons';
import { kindOf, RoomIcon } from '../rooms/RoomIcon';
import { tally } from '../rooms/tally';
import { go, hrefOf } from '../shell/route';
import { useSession, useView } from '../shell/session';
import { choicesOf, type Choice } from './choices';
import { texts } from './texts';
import css from './Switcher.module.css';

const { t } = texts;

/** Finds a room or a person by a few letters, and goes there. */
export function Switcher({ onClose }: { onClose(): void }) {
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const [said, say] = useState('');
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const choices = useChoices(query);
  const session = useSession();
  const current = choices[Math.min(at, choices.length - 1)];

  useEffect(() => list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' }), [at, choices]);

  const take = async (choice: Choice | undefined) => {
    if (!choice) return;
    if (choice.kind === 'room') go(hrefOf(choice.room.id));
    else if (choice.kind === 'search') go(`/search?q=${encodeURIComponent(query.trim())}`);
    else {
      const error = await openDirect(session, [choice.id]);
      if (error) return say(error);
    }
    onClose();
  };
  const onKeyDown = (e: KeyboardEvent) => {
    // What an input method makes of these keys is not for us.
    if (e.nativeEvent.isComposing) return;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + choices.length, Enter: at }[e.key];
    if (to === undefined || (e.key === 'Enter' && (e.ctrlKey || e.metaKey))) return;
    e.preventDefault();
    if (e.key === 'Enter') void take(current);
    else setAt(choices.length > 0 ? to % choices.length : 0);
  };

  return (
    <Dialog className={css.switcher} labelledBy={`${id}-title`} onClose={onClose}>
      <div className={css.inside}>
        <h2 id={`${id}-title`} className="unseen">
          {t('jump')}
        </h2>
        <div className={css.field}>
          <SearchIcon />
          <input
            className={css.input}
            role="combobox"
            aria-expanded="true"
            aria-controls={`${id}-list`}
            aria-activedescendant={current ? `${id}-${keyOf(current)}` : undefined}
            aria-autocomplete="list"
            aria-label={t('jump_label')}
            placeholder={t('jump_label')}
            value={query}
            onInput={(e) => {
              setQuery(e.currentTarget.value);
              setAt(0);
              say('');
            }}
            onKeyDown={onKeyDown}
            dir="auto"
            autoComplete="off"
            spellCheck={false}
            enterKeyHint="go"
            // oxlint-disable-next-line jsx-a11y/no-autofocus -- one opens it to type
            autoFocus
          />
        </div>
        <div ref={list} id={`${id}-list`} className={css.list} role="listbox" aria-label={t('jump')} tabIndex={-1}>
          {choices.map((choice) => (
            <Option
              key={keyOf(choice)}
              id={`${id}-${keyOf(choice)}`}
              choice={choice}
              query={query}
              selected={choice === current}
              onTake={() => void take(choice)}
            />
          ))}
        </div>
        <p className={css.foot} role="status">
          {said || (choices.length === 0 ? t('jump_none') : '')}
        </p>
      </div>
    </Dialog>
  );
}

const keyOf = (choice: Choice): string => (choice.kind === 'room' ? `room-${choice.room.id}` : choice.kind === 'search' ? 'search' : `person-${choice.id}`);

function useChoices(query: string): readonly Choice[] {
  const rooms = useView((s) => s.rooms);
  const me = useView((s) => s.you.id);
  const open = useView((s) => s.room?.id ?? '');
  const may = useView(mayCreate);
  const people = useFound(query);
  return choicesOf({ query, rooms, people: may ? people : [], me, open });
}

interface OptionProps {
  id: string;
  choice: Choice;
  query: string;
  selected: boolean;
  onTake(): void;
}

function Option({ id, choice, query, selected, onTake }: OptionProps) {
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the keys are the field's
    <div id={id} role="option" aria-selected={selected} tabIndex={-1} className={css.option} onClick={onTake}>
      {choice.kind === 'room' && <RoomChoice room={choice.room} />}
      {choice.kind === 'person' && (
        <>
          <span className={css.icon}>
            <Face id={choice.id} name={choice.name} small />
          </span>
          <bdi className={css.name}>{choice.name}</bdi>
          <span className={css.what}>{t('jump_person')}</span>
        </>
      )}
      {choice.kind === 'search' && (
        <>
          <span className={css.icon}>
            <SearchIcon />
          </span>
          <span className={css.name}>{t('jump_search', { words: query.trim() })}</span>
        </>
      )}
    </div>
  );
}

function RoomChoice({ room }: { room: RoomView }) {
  const kind = kindOf(room);
  return (
    <>
      <span className={css.icon}>
        <RoomIcon room={room} />
      </span>
      <bdi className={room.unread > 0 ? `${css.name} ${css.unread}` : css.name}>{room.title}</bdi>
      {room.unread > 0 ? <span className={css.what}>{tn('unread', room.unread, { count: tally(room.unread) })}</span> : <span className={css.what}>{kind}</span>}
    </>
  );
}

export default Switcher;
