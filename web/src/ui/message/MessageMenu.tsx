// All that can be done with a message. Comes when the first menu is opened.

import { t } from '../../i18n/t';
import { reacted } from '../../sync/overlay';
import type { Message } from '../../sync/roomlog';
import { copyText } from '../kit/copy';
import { PenIcon, PinIcon, ReplyIcon, SmileIcon } from '../kit/icons';
import { CopyIcon, TrashIcon } from '../kit/moreIcons';
import { Menu, type Item, type Items, type Point } from '../kit/Menu';
import { toast } from '../kit/toast';
import { hrefOf } from '../shell/route';
import { useView } from '../shell/session';
import { show } from '../shell/surface';
import { QUICK } from './Actions';
import { ClockIcon, FlagIcon, LinkIcon, UnreadIcon } from './icons';
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
  const items = itemsOf({ m, room, rights, acts });
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

function itemsOf({ m, room, rights, acts }: Pick<Props, 'm' | 'room' | 'rights' | 'acts'>): Items {
  const groups: Item[][] = [
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
  const lined: (Item | null)[] = [];
  for (const group of groups) lined.push(...(lined.length > 0 && group.length > 0 ? [null] : []), ...group);
  return lined;
}

const when = (is: boolean, item: Item): Item[] => (is ? [item] : []);

async function copy(text: string, done: 'copied_text' | 'copied_link'): Promise<void> {
  toast(say((await copyText(text)) ? done : 'copied_not'));
}
