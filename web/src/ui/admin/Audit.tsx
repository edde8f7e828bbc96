import { shortOf } from '../../i18n/time';
import type { ListRows } from '../../proto/v1';
import { useView } from '../shell/session';
import { nameIn, useNames, type Names } from './names';
import { useRows } from './office';
import { List, Row } from './parts';
import { t, type Key } from './texts';

const TOLD = new Set<Key>([
  'act_role', 'act_kick', 'act_mute', 'act_unmute', 'act_ban', 'act_ban_end', 'act_brake', 'act_server_name', 'act_report_end', 'act_purge',
  'act_invite', 'act_invite_end', 'act_bot', 'act_bot_end', 'act_webhook', 'act_webhook_end', 'act_reset', 'act_delete',
]);

/** What was done in an office, newest first. */
export function Audit() {
  const list = useRows('audit');
  const names = useNames();
  const rooms = useView((s) => s.rooms);
  return (
    <List list={list} none={t('audit_none')}>
      {(a) => (
        <Row
          key={a.id}
          title={<bdi>{t('did_it', { by: a.name ?? (a.by ? nameIn(names, a.by) : t('console')), what: words(a, names) })}</bdi>}
          marks={[a.room && t('in_room', { room: rooms.find((r) => r.id === a.room)?.name ?? a.room })]}
          sub={
            <>
              <time dateTime={new Date(a.ts).toISOString()}>{shortOf(a.ts)}</time>
              {a.detail && a.action !== 'role' && (
                <>
                  {' · '}
                  <bdi>{a.detail}</bdi>
                </>
              )}
            </>
          }
        />
      )}
    </List>
  );
}

function words(a: ListRows['audit'], names: Names): string {
  const key = `act_${a.action}` as Key;
  const vars = { person: nameIn(names, a.person), detail: a.detail ?? '' };
  return TOLD.has(key) ? t(key, vars) : a.action;
}
