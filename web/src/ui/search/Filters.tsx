import { useMemo } from 'react';
import { dateOf } from '../../i18n/time';
import type { RoomView } from '../../sync/room';
import type { Filter, Query } from '../../text/query';
import { CloseIcon } from '../kit/icons';
import type { Items } from '../kit/Menu';
import { MenuButton } from '../kit/MenuButton';
import { useView } from '../shell/session';
import { texts } from './texts';
import css from './Search.module.css';

const { t } = texts;
const HAS = ['file', 'image', 'link'] as const;
/** A menu is no directory: whoever is not in it is found by typing from:NAME. */
const MOST = 30;

interface Props {
  chips: Query['filters'];
  /** An empty value takes it away. */
  onSet(key: Filter, value: string): void;
}

/** The filters that are set, to be taken away, and those that may be set. */
export function Filters({ chips, onSet }: Props) {
  const rooms = useView((s) => s.rooms);
  const people = useMemo(() => [...new Set(rooms.flatMap((r) => r.people.list.map((p) => p.name)))].toSorted().slice(0, MOST), [rooms]);
  const set = new Set(chips.map((f) => f.key));
  const offers: Partial<Record<Filter, Items>> = {
    from: people.map((name) => ({ label: name, run: () => onSet('from', name) })),
    in: rooms.slice(0, MOST).map((r) => ({ label: r.title, run: () => onSet('in', r.id) })),
    has: HAS.map((h) => ({ label: t(`has_${h}`), run: () => onSet('has', h) })),
  };
  return (
    <div className={css.filters} role="group" aria-label={t('filters')}>
      {chips.map(({ key, value }) => (
        <button
          key={key}
          type="button"
          className={css.chip}
          onClick={() => onSet(key, '')}
          aria-label={t('filter_remove', { what: `${t(`filter_${key}`)} ${shown(key, value, rooms)}` })}
        >
          <span>{t(`filter_${key}`)}</span> <bdi className={css.value}>{shown(key, value, rooms)}</bdi>
          <CloseIcon />
        </button>
      ))}
      {(['from', 'in', 'has'] as const)
        .filter((key) => !set.has(key) && offers[key]?.length)
        .map((key) => (
          <MenuButton key={key} className={css.offer} label={t(`filter_${key}`)} items={offers[key] ?? []}>
            {t(`filter_${key}`)}
          </MenuButton>
        ))}
      {(['after', 'before'] as const)
        .filter((key) => !set.has(key))
        .map((key) => (
          <label key={key} className={css.offer}>
            {t(`filter_${key}`)}
            <input type="date" className={css.date} onChange={(e) => onSet(key, e.currentTarget.value)} />
          </label>
        ))}
    </div>
  );
}

function shown(key: Filter, value: string, rooms: readonly RoomView[]): string {
  if (key === 'in') return rooms.find((r) => r.id === value)?.title ?? value;
  if (key === 'has') return HAS.some((h) => h === value) ? t(`has_${value as 'file'}`) : value;
  const date = key === 'from' ? Number.NaN : Date.parse(`${value}T12:00`);
  return Number.isNaN(date) ? value : dateOf(date);
}
