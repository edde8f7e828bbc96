import { memo, type RefObject } from 'react';
import type { Entry, Happening, Message } from '../../sync/roomlog';
import { GapRow } from './GapRow';
import { Happened } from './Happened';
import { Notice } from './Notice';

interface Props {
  entry: Exclude<Entry, Message>;
  index: number;
  /** Of what happened: what is told together with it. */
  run: readonly Happening[];
  root: RefObject<HTMLElement | null>;
  connected: boolean;
  onNeed(seq: number): void;
  onJump(seq: number): void;
}

/** A row that is no message. Nothing is held in its place by it: it may become another one at any time. */
export const PassingRow = memo(
  function PassingRow({ entry, index, run, root, connected, onNeed, onJump }: Props) {
    return (
      <li data-index={index} data-passing="">
        {entry.kind === 'gap' && <GapRow gap={entry} root={root} connected={connected} onNeed={onNeed} />}
        {entry.kind === 'notices' && <Notice items={entry.items} />}
        {entry.kind === 'happening' && <Happened run={run} onJump={onJump} />}
      </li>
    );
  },
  (a, b) =>
    a.entry === b.entry &&
    a.index === b.index &&
    a.connected === b.connected &&
    a.onNeed === b.onNeed &&
    a.onJump === b.onJump &&
    a.run.length === b.run.length &&
    a.run.every((h, i) => h === b.run[i]),
);
