import { t, tn } from '../i18n/t';
import type { People } from '../sync/people';
import { Avatar } from './Avatar';
import { PenIcon, PeopleIcon } from './icons';
import { Mark } from './Mark';
import css from './Header.module.css';

interface Props {
  you: { id: string; name: string };
  roomName: string;
  people: People;
  onName(): void;
  onPeople(): void;
}

export function Header({ you, roomName, people, onName, onPeople }: Props) {
  const here = people.count + people.visitors;
  return (
    <header className={css.header}>
      <Mark />
      <div className={css.names}>
        <h1 className={css.app}>{t('app')}</h1>
        <p className={css.room}>
          <bdi>{roomName || t('lobby')}</bdi>
        </p>
      </div>
      <button
        type="button"
        className={css.people}
        onClick={onPeople}
        aria-haspopup="dialog"
        aria-label={tn('people_open', here)}
      >
        <PeopleIcon />
        <span aria-hidden="true">{here}</span>
      </button>
      {you.id !== '' && (
        <button type="button" className={css.me} onClick={onName} aria-label={t('name_change', { name: you.name })}>
          <Avatar id={you.id} name={you.name} />
          <bdi className={css.name}>{you.name}</bdi>
          <span className={css.pen}>
            <PenIcon />
          </span>
        </button>
      )}
    </header>
  );
}
