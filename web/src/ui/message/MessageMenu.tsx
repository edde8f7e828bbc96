// All that can be done with a message. Comes when the first menu is opened.

import { useEffect, useState } from 'react';
import { reasonOf, t } from '../../i18n/t';
import { reacted } from '../../sync/overlay';
import { holdsOffice } from '../../sync/roles';
import type { Message } from '../../sync/roomlog';
import type { Session } from '../../sync/session';
import { outranks } from '../admin/office';
import { copyText } from '../kit/copy';
import { PenIcon, PinIcon, ReplyIcon, SmileIcon } from '../kit/icons';
import { CopyIcon, TrashIcon } from '../kit/moreIcons';
import { Menu, type Item, type Items, type Point } from '../kit/Menu';
import { toast } from '../kit/toast';
import { aboutOf, type About } from '../people/about';
import { hrefOf } from '../shell/route';
import { useSession, useView } from '../shell/session';
import { show } from '../shell/surface';
import { QUICK } from './Actions';
import { ClockIcon, FlagIcon, LinkIcon, MuteIcon, OutIcon, UnreadIcon } from './icons';
import type { Acts } from './Message';
import type { Rights } from './rights';
import { say } from './words';
import css from './Actions.module.css';

interface Props {
  m: Message;
  room: string;
  rights: Rights;
  acts: Acts;
  anchor: Element | Point;
  onClose(): void;
}

export default function MessageMenu({ m, room, rights, acts, anchor, onClose }: Props) {
  const you = useView((s) => s.you);
  const session = useSession();
  const author = { id: m.from.id, name: acts.nameOf(m.from.id) ?? m.from.name };
  const about = useRanked(session, m, room, author);
  const items = lined([...itemsOf({ m, room, rights, acts }), about ? officesOf(session, author, about) : []]);
  return (
    <Menu label={t('actions')} items={items} anchor={anchor} onClose={onClose}>
      {rights.react && (
        <div className={css.row} role="group" aria-label={t('react')}>
          {QUICK.map((emoji) => {
            const own = reacted(m, emoji, you.id);
            return (
              <button
                key={emoji}
                type="button"
                className={`${css.act} ${css.quick}`}
                aria-label={emoji}
                aria-pressed={own}
                onClick={() => {
                  onClose();
                  acts.react(m, emoji, !own);
                }}
              >
                {emoji}
              </button>
            );
          })}
        </div>
      )}
    </Menu>
  );
}

interface Author {
  id: string;
  name: string;
}

/** What is known of the author, if one's own office reaches them. It has to be asked for. */
function useRanked(session: Session, m: Message, room: string, { id, name }: Author): About | null {
  const own = useView((s) => s.you.role);
  const asks = holdsOffice(own) && !m.mine && m.from.visitor !== true;
  const [about, setAbout] = useState<About>({});
  useEffect(() => {
    if (!asks) return undefined;
    let gone = false;
    const ask = async () => {
      const found = await aboutOf(session, room, { id, name });
      if (!gone) setAbout(found);
    };
    void ask();
    return () => void (gone = true);
  }, [session, asks, room, id, name]);
  return about.role !== undefined && outranks(own, about.role) ? about : null;
}

/** What those with an office can do about the author; the last group, since it comes a moment later than the others. */
function officesOf(session: Session, { id, name }: Author, { role = '', muted = false }: About): Item[] {
  const unmute = async () => {
    const result = await session.act('unmute', { person: id });
    toast('error' in result ? t('did_not_work', { reason: reasonOf(result.error) }) : say('unmuted', { name }));
  };
  return [
    muted
      ? { label: say('unmute', { name }), icon: <MuteIcon />, run: () => void unmute() }
      : { label: say('mute', { name }), icon: <MuteIcon />, run: () => show('profile', { id, name, ask: { question: 'mute', role } }) },
    { label: say('kick', { name }), icon: <OutIcon />, run: () => show('profile', { id, name, ask: { question: 'kick', role } }) },
  ];
}

function itemsOf({ m, room, rights, acts }: Pick<Props, 'm' | 'room' | 'rights' | 'acts'>): Item[][] {
  return [
    [
      ...when(rights.react, { label: t('react'), icon: <SmileIcon />, run: () => acts.pick(m) }),
      ...when(rights.speak, { label: t('reply'), icon: <ReplyIcon />, run: () => acts.reply(m) }),
      ...when(m.mine && rights.edit, { label: t('edit'), icon: <PenIcon />, run: () => acts.edit(m) }),
    ],
    [
      ...when(m.text !== '', { label: say('copy_text'), icon: <CopyIcon />, run: () => copy(m.text, 'copied_text') }),
      { label: say('copy_link'), icon: <LinkIcon />, run: () => copy(location.origin + hrefOf(room, m.seq), 'copied_link') },
      ...when(rights.pin, { label: t(m.pinned ? 'unpin' : 'pin'), icon: <PinIcon />, run: () => acts.pin(m) }),
      ...when(!m.mine, { label: say('unread_from'), icon: <UnreadIcon />, run: () => acts.unread(m) }),
    ],
    [
      ...when(m.reactions.length > 0, { label: say('who_reacted'), icon: <SmileIcon />, run: () => show('reacted', { message: m, room }) }),
      { label: say('delivery'), icon: <ClockIcon />, run: () => show('delivery', { message: m }) },
    ],
    [
      ...when(!m.mine && rights.report, { label: say('report'), icon: <FlagIcon />, run: () => show('report', { message: m, room }) }),
      ...when(m.mine || rights.deleteAny, { label: say('delete_'), icon: <TrashIcon />, danger: true, run: () => acts.delete(m) }),
    ],
  ];
}

/** Groups with a line between them. */
function lined(groups: readonly Item[][]): Items {
  const all: (Item | null)[] = [];
  for (const group of groups) all.push(...(all.length > 0 && group.length > 0 ? [null] : []), ...group);
  return all;
}

const when = (is: boolean, item: Item): Item[] => (is ? [item] : []);

async function copy(text: string, done: 'copied_text' | 'copied_link'): Promise<void> {
  toast(say((await copyText(text)) ? done : 'copied_not'));
}
