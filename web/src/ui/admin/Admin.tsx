import { useEffect, type ComponentType } from 'react';
import { holdsOffice } from '../../sync/roles';
import { Screens, type Screen } from '../kit/Screens';
import { go, lastTalk, useRoute } from '../shell/route';
import { useView } from '../shell/session';
import { Audit } from './Audit';
import { Bans } from './Bans';
import { Bots } from './Bots';
import { Invites } from './Invites';
import { Limits } from './Limits';
import { isAdmin, useRows } from './office';
import { People } from './People';
import { Reports } from './Reports';
import { Rooms } from './Rooms';
import { State } from './State';
import { t, type Key } from './texts';
import { Webhooks } from './Webhooks';
import css from './Admin.module.css';

type Part = 'state' | 'people' | 'invites' | 'reports' | 'bans' | 'rooms' | 'bots' | 'webhooks' | 'audit' | 'limits';

const bodies: Record<Part, ComponentType> = {
  state: State,
  people: People,
  invites: Invites,
  reports: Reports,
  bans: Bans,
  rooms: Rooms,
  bots: Bots,
  webhooks: Webhooks,
  audit: Audit,
  limits: Limits,
};

const FOR_MODERATORS: Part[][] = [
  ['people', 'invites'],
  ['reports', 'bans'],
];
const FOR_ADMINS: Part[][] = [
  ['state', 'limits'],
  ['people', 'invites', 'rooms'],
  ['reports', 'bans'],
  ['bots', 'webhooks', 'audit'],
];

/** What those with an office see and do. */
export default function Admin() {
  const route = useRoute();
  const role = useView((s) => s.you.role);
  const groups = isAdmin(role) ? FOR_ADMINS : FOR_MODERATORS;
  const asked = route.at === 'admin' ? (route.part as Part) : 'people';
  const there = groups.flat().includes(asked);
  const first = groups[0]?.[0] ?? 'people';
  // Where there is room for both, the list alone would be half a page.
  const wide = matchMedia('(width >= 48rem)').matches;
  useEffect(() => {
    if (!there && wide && holdsOffice(role)) go(`/admin/${first}`, true);
  }, [there, wide, role, first]);
  if (role === '') return null;
  if (!holdsOffice(role)) return <Stranger />;
  return <Office groups={groups} part={there ? asked : ''} />;
}

function Office({ groups, part }: { groups: Part[][]; part: Part | '' }) {
  const reports = useRows('reports');
  const open = reports.rows.filter((r) => r.closed === undefined).length;
  const screens: Screen[][] = groups.map((group) =>
    group.map((key) => ({ key, label: t(key satisfies Key), ...(key === 'reports' && open > 0 ? { count: open } : {}) })),
  );
  const Body = part === '' ? null : bodies[part];
  return (
    <Screens title={t('title')} screens={screens} current={part} base="/admin" back={lastTalk()}>
      {Body && <Body />}
    </Screens>
  );
}

function Stranger() {
  return (
    <Screens title={t('title')} screens={[]} current="" base="/admin" back={lastTalk()}>
      <p className={css.text}>{t('only_moderators')}</p>
    </Screens>
  );
}
