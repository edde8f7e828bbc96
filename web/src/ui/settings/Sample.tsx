import type { Message as Said } from '../../sync/roomlog';
import { NOBODY } from '../../text/markdown';
import { Message, type Acts } from '../message/Message';
import type { Rights } from '../message/rights';
import { useView } from '../shell/session';
import { t } from './texts';
import css from './Appearance.module.css';

const nothing = () => {};
const acts: Acts = {
  react: nothing, pick: nothing, pin: nothing, reply: nothing, edit: nothing, delete: nothing, menu: nothing, unread: nothing,
  close: nothing, need: nothing, jump: nothing, nameOf: () => undefined,
};
const rights: Rights = { react: false, speak: false, edit: false, pin: false, deleteAny: false, report: false };

/** Some evening, when a clock of twelve hours differs from one of twenty-four. */
const EVENING = new Date(2024, 5, 10, 21, 34).getTime();

function said(seq: number, from: Said['from'], mine: boolean, text: string): Said {
  return {
    kind: 'message', key: `sample ${seq}`, seq, ts: EVENING + seq * 60_000, from, text, mine,
    replyTo: null, edited: null, deleted: false, pinned: false, reactions: [], files: [], mentions: [], mentionsAll: false, asOf: 0,
  };
}

/** A little talk, drawn as the real one is; nothing in it can be pressed. */
export function Sample() {
  const you = useView((s) => s.you);
  const ada = { id: 'ada', name: t('sample_other') };
  const all = [
    said(1, ada, false, t('sample_first')),
    said(2, { id: you.id, name: you.name }, true, t('sample_second')),
    said(3, { id: you.id, name: you.name }, true, t('sample_third')),
  ];
  return (
    <figure className={css.sample} aria-label={t('preview')}>
      <div inert>
        {all.map((m, i) => (
          <Message
            key={m.key}
            m={m}
            youId={you.id}
            head={m.from.id !== all[i - 1]?.from.id}
            waiting={false}
            active={false}
            rights={rights}
            acts={acts}
            known={NOBODY}
            original={undefined}
          />
        ))}
      </div>
    </figure>
  );
}
