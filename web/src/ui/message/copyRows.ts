import type { ClipboardEvent } from 'react';
import { clockOf } from '../../i18n/time';
import type { RoomLog } from '../../sync/roomlog';
import { copied } from '../../text/copy';

/** Several selected messages are copied as "Ann 12:03 text", not as the page happens to be built. One is left as it is selected. */
export function copyRows(e: ClipboardEvent, log: RoomLog): void {
  const selection = getSelection();
  if (!selection || selection.isCollapsed) return;
  const rows = [...(e.currentTarget as Element).querySelectorAll<HTMLElement>('[data-message][data-seq]')];
  const messages = rows.flatMap((row) => {
    const m = selection.containsNode(row, true) ? log.find(Number(row.dataset.seq)) : undefined;
    return m && !m.deleted ? [m] : [];
  });
  if (messages.length < 2) return;
  e.preventDefault();
  const texts = messages.map((m) => ({
    name: m.from.name,
    time: clockOf(m.ts),
    text: m.text || m.files.map((f) => f.name).join(', '),
  }));
  e.clipboardData.setData('text/plain', copied(texts));
}
