// Short words beside the field. None of them stands in the way of writing on.

import { useEffect, type RefObject } from 'react';
import { locale, reasonOf, t as page } from '../../i18n/t';
import type { RoomView } from '../../sync/room';
import { CloseIcon } from '../kit/icons';
import { toast } from '../kit/toast';
import { mayAdd } from '../rooms/rights';
import { useSession, useView } from '../shell/session';
import type { Candidate } from './candidates';
import { fenced } from './edits';
import { apply } from './field';
import { mayCallAll } from './rights';
import { t, tn } from './words';
import css from './Hints.module.css';

/** What was pasted and looks like code, and where. */
export interface Pasted {
  text: string;
  from: number;
}

interface CodeProps {
  field: RefObject<HTMLTextAreaElement | null>;
  pasted: Pasted;
  onClose(): void;
}

export function CodeHint({ field, pasted, onClose }: CodeProps) {
  const use = () => {
    const area = field.current;
    const from = area?.value.indexOf(pasted.text, Math.max(0, pasted.from - 1)) ?? -1;
    if (area && from >= 0) apply(area, fenced({ text: area.value, from, to: from + pasted.text.length }));
    onClose();
  };
  // What is pasted comes a moment after the paste; from then on every change may take it away.
  useEffect(() => {
    const area = field.current;
    const gone = () => area?.value.includes(pasted.text) || onClose();
    area?.addEventListener('input', gone);
    return () => area?.removeEventListener('input', gone);
  }, [field, pasted, onClose]);
  return (
    <p className={`${css.hint} ${css.code}`} role="status">
      <span className={css.text}>{t('code_question')}</span>
      <button type="button" className={css.act} onClick={use}>
        {t('code_yes')}
      </button>
      <Close onClose={onClose} />
    </p>
  );
}

export function EverybodyHint({ room }: { room: RoomView | null }) {
  const may = useView((s) => mayCallAll(s.you, s.server));
  if (!room) return null;
  return (
    <p className={`${css.hint} ${css.all}`} role="status" data-everybody="">
      <span className={css.text}>{may ? tn('calls_all', room.people.count) : t('calls_nobody')}</span>
    </p>
  );
}

/** Characters that are left; below zero: that there are too many of. */
export const Limit = ({ left }: { left: number }) => (
  <p className={left < 0 ? `${css.limit} ${css.over}` : css.limit} data-left={left}>
    {left < 0 ? tn('chars_over', -left) : tn('chars_left', left)}
  </p>
);

interface OutsideProps {
  room: RoomView;
  people: readonly Candidate[];
  onClose(): void;
}

/** Somebody was named who cannot see it. */
export function OutsideHint({ room, people, onClose }: OutsideProps) {
  const session = useSession();
  const may = useView((s) => mayAdd(s, room));
  const names = new Intl.ListFormat(locale).format(people.map((p) => p.name));
  const add = async () => {
    onClose();
    const all = await Promise.all(people.map(({ id }) => session.submit({ op: 'add', person: id }, room.id)));
    const failed = all.find((r) => 'error' in r);
    if (failed && 'error' in failed) toast(page('did_not_work', { reason: reasonOf(failed.error) }));
  };
  return (
    <p className={`${css.hint} ${css.outside}`} role="status" data-outside="">
      <span className={css.text}>{tn('outside', people.length, { names })}</span>
      {may && (
        <button type="button" className={css.act} onClick={() => void add()}>
          {t('outside_add')}
        </button>
      )}
      <Close onClose={onClose} />
    </p>
  );
}

const Close = ({ onClose }: { onClose(): void }) => (
  <button type="button" className={css.close} onClick={onClose} aria-label={page('dismiss')}>
    <CloseIcon />
  </button>
);
