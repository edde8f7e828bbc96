import { useEffect, useRef, useState } from 'react';
import { t, tn } from '../../i18n/t';
import type { RoomLog } from '../../sync/roomlog';
import { wordsOf } from '../message/label';
import { useView } from '../shell/session';

const PAUSE_MS = 1500;

/**
 * Says new messages of others to screen readers, a few words at a time; a flood becomes a number. Only while somebody is at
 * this window: for other times there are notifications.
 */
export function Announcer({ log }: { log: RoomLog }) {
  const version = useView(() => log.version);
  const [said, say] = useState('');
  const heard = useRef(log.last);
  const waiting = useRef<string[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  useEffect(() => {
    const news: string[] = [];
    for (let i = log.end - 1; i >= log.base; i--) {
      const entry = log.at(i);
      if (!entry || entry.seq <= heard.current) break;
      if (entry.kind !== 'message' || entry.mine || entry.deleted || !document.hasFocus()) continue;
      news.unshift(t('announce', { name: entry.from.name, text: wordsOf(entry) }));
    }
    waiting.current.push(...news);
    heard.current = log.last;
    const speak = () => {
      timer.current = undefined;
      const lines = waiting.current.splice(0);
      if (lines.length === 0) return;
      say(lines.length > 3 ? tn('new_messages', lines.length) : lines.join('\n'));
      timer.current = setTimeout(speak, PAUSE_MS);
    };
    if (timer.current === undefined) speak();
  }, [log, version]);

  useEffect(() => () => clearTimeout(timer.current), []);

  return (
    <div className="unseen" role="status" data-announcer="">
      {said}
    </div>
  );
}
