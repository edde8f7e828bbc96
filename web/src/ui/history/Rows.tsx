import { useCallback, useMemo, type ReactNode } from 'react';
import type { Pending } from '../../sync/outbox';
import { byTarget, pendingMessage } from '../../sync/overlay';
import type { Entry, Message as Said, RoomLog } from '../../sync/roomlog';
import { useSession } from '../shell/session';
import type { WindowedList } from './list/useWindowedList';
import { PassingRow } from './PassingRow';
import { Row, type Common } from './Row';
import { isMaking, lastSaid, runAt } from './rows';

interface Props {
  reading: {
    list: WindowedList;
    /** The message over which the line "new" stands. */
    line: string | null;
    /** The message that is marked. */
    flash: number | null;
  };
  log: RoomLog;
  you: { id: string; name: string };
  common: Common;
  pending: readonly Pending[];
  active: string | null;
}

/** The rows of the window, each of which is drawn again only when something in it has changed. */
export function Rows({ reading: { list, line, flash }, log, you, common, pending, active }: Props) {
  const session = useSession();
  const need = useCallback((seq: number) => session.fill(seq), [session]);
  const changes = useMemo(() => byTarget(pending), [pending]);
  const posts = useMemo(() => postsOf(pending, you), [pending, you]);
  const original = (m: Said) => (m.replyTo === null ? undefined : log.find(m.replyTo));

  const { range } = list;
  const rows: ReactNode[] = [];
  let said = lastSaid(log, range.lo);
  let before: Entry | undefined = log.at(range.lo - 1);
  for (let i = range.lo; i < range.hi; i++) {
    const entry = log.at(i);
    if (!entry) continue;
    // Over it stands the beginning of the room, which says the same.
    if (i === log.base && isMaking(entry)) continue;
    if (entry.kind !== 'message') {
      const run = runAt(log, i, range.hi);
      rows.push(
        <PassingRow
          key={entry.key}
          entry={entry}
          index={i}
          run={run}
          root={list.scroller}
          connected={common.connected}
          onNeed={need}
          onJump={common.acts.jump}
        />,
      );
      before = entry;
      i += run.length > 0 ? run.length - 1 : 0;
      continue;
    }
    rows.push(
      <Row
        key={entry.key}
        common={common}
        entry={entry}
        index={i}
        before={before}
        said={said}
        isNew={entry.key === line}
        flash={entry.seq === flash}
        active={entry.key === active}
        original={original(entry)}
        items={changes.get(entry.seq)}
      />,
    );
    said = before = entry;
  }
  if (range.hi < log.end) return <>{rows}</>;
  for (const { own, items } of posts) {
    rows.push(
      <Row
        key={own.key}
        common={common}
        entry={own}
        before={before}
        said={said}
        isNew={false}
        flash={false}
        active={false}
        original={original(own)}
        items={items}
      />,
    );
    said = before = own;
  }
  return <>{rows}</>;
}

/** What is in the outbox to be said, as messages. */
function postsOf(pending: readonly Pending[], you: { id: string; name: string }) {
  return pending.filter((p) => p.change.op === 'post').map((p) => ({ own: pendingMessage(p, you), items: [p] }));
}
