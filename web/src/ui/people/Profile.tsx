import { Suspense, useEffect, useState, type ReactNode } from 'react';
import { t } from '../../i18n/t';
import type { Session } from '../../sync/session';
import { holdsOffice, mayCreate } from '../../sync/roles';
import { roleName } from '../account/roles';
import { Avatar } from '../kit/Avatar';
import { Dialog } from '../kit/Dialog';
import { CloseIcon, PenIcon } from '../kit/icons';
import { later } from '../kit/lazy';
import { openDirect } from '../rooms/openDirect';
import { AtIcon } from '../rooms/moreIcons';
import { pages } from '../shell/pages';
import { go } from '../shell/route';
import { useSession, useView } from '../shell/session';
import { closeSurface, show } from '../shell/surface';
import { toComposer } from '../shell/surfaces';
import { aboutOf, type About } from './about';
import { directWith, presenceOf } from './Face';
import { texts as words } from './texts';
import css from './Profile.module.css';

interface Props {
  id: string;
  name: string;
  onClose(): void;
}

const Question = later(async () => ({ default: (await import('../admin/Manage')).ManageSurface }));
const Manage = later(async () => ({ default: (await import('../admin/Manage')).ManageMenu }));

/** Who somebody is, and what one can do with them. */
export function Profile({ id, name, onClose }: Props) {
  const session = useSession();
  const you = useView((s) => s.you);
  const presence = useView((s) => presenceOf(s, id, directWith(s.rooms, id)));
  const about = useAbout(session, id, name);
  const mine = id === you.id;
  const known: About = mine ? { ...about, ...you } : about;
  const display = known.display || name;
  const color = known.color ? { '--person': known.color } : {};
  return (
    <Dialog className={css.card} labelledBy="profile-name" onClose={onClose}>
      <div className={css.inside} style={color as Record<string, string>}>
        <div className={css.band} />
        <button type="button" className={`icon-button ${css.shut}`} onClick={onClose} aria-label={t('close')}>
          <CloseIcon />
        </button>
        <span className={css.face}>
          <Avatar id={id} name={name} color={known.color} />
        </span>
        <div className={css.who}>
          <h2 id="profile-name" className={css.display}>
            <bdi>{display}</bdi>
          </h2>
          <p className={css.name}>
            <bdi>@{name}</bdi> {known.role && <span className={css.role}>{roleName(known.role)}</span>}
            {known.host && <span className={css.role}>{words.t('host_mark')}</span>}
          </p>
          <p className={css.state}>
            <span className={css[presence]} />
            {t(presence)}
          </p>
        </div>
        <Actions id={id} name={name} mine={mine} role={known.role ?? ''} muted={known.muted === true} onClose={onClose} />
      </div>
    </Dialog>
  );
}

function Actions({ id, name, mine, role, muted, onClose }: Props & { mine: boolean; role: string; muted: boolean }) {
  const session = useSession();
  const may = useView(mayCreate);
  const inRoom = useView((s) => s.room !== null);
  const moderator = useView((s) => holdsOffice(s.you.role));
  const [said, say] = useState('');
  const write = async () => {
    const error = await openDirect(session, [id]);
    if (error) say(error);
    else onClose();
  };
  if (mine) {
    return (
      <Buttons said="">
        <button type="button" className="button primary" onClick={edit}>
          <PenIcon /> {words.t('profile_edit')}
        </button>
      </Buttons>
    );
  }
  return (
    <>
      <Buttons said={said}>
        {may && (
          <button type="button" className="button primary" onClick={() => void write()}>
            {words.t('direct_write')}
          </button>
        )}
        {inRoom && (
          <button type="button" className="button outlined" onClick={() => mention(name, onClose)}>
            <AtIcon /> {words.t('mention')}
          </button>
        )}
      </Buttons>
      {moderator && role && (
        <div className={css.actions}>
          <Suspense fallback={null}>
            <Manage person={{ id, name, role, muted }} words onDone={onClose} />
          </Suspense>
        </div>
      )}
    </>
  );
}

function Buttons({ said, children }: { said: string; children: ReactNode }) {
  return (
    <div className={css.actions}>
      {children}
      <p className={css.said} role="status">
        {said}
      </p>
    </div>
  );
}

function edit(): void {
  if (pages.settings) {
    closeSurface();
    go('/settings/profile');
  } else show('name', {});
}

/** Puts the name where one writes, as if it had been typed: what the field does with it is its own. */
function mention(name: string, onClose: () => void): void {
  onClose();
  setTimeout(() => {
    toComposer();
    document.execCommand('insertText', false, `@${name} `);
  });
}

/** What the server tells of them: as a member of the open room, or of those who have an account. */
function useAbout(session: Session, id: string, name: string): About {
  const room = useView((s) => s.room?.id ?? '');
  const [about, setAbout] = useState<About>({});
  useEffect(() => {
    let gone = false;
    const find = async () => {
      const found = await aboutOf(session, room, { id, name });
      if (!gone) setAbout(found);
    };
    void find();
    return () => void (gone = true);
  }, [session, room, id, name]);
  return about;
}

/** Somebody's profile, or one question about them. */
export default function ProfileSurface({ ask, ...person }: Props & { ask?: { question: 'mute' | 'kick'; role: string } }) {
  if (!ask) return <Profile {...person} />;
  return (
    <Suspense fallback={null}>
      <Question {...person} {...ask} />
    </Suspense>
  );
}
