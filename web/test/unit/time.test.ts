import { afterEach, describe, expect, test } from 'vitest';
import { clockOf, dayLabel, dayOf, fullOf, setClock } from '../../src/i18n/time';

const before = process.env.TZ;
afterEach(() => {
  if (before === undefined) delete process.env.TZ;
  else process.env.TZ = before;
});

test('the clock goes on with every minute, and follows what is wished', () => {
  process.env.TZ = 'UTC';
  const at = Date.UTC(2026, 5, 10, 13, 59, 59);
  setClock('24');
  expect([clockOf(at), clockOf(at + 999), clockOf(at + 1000), clockOf(at)]).toEqual(['13:59', '13:59', '14:00', '13:59']);
  expect(fullOf(at)).not.toBe(fullOf(at + 1000));
  setClock('12');
  expect(clockOf(at)).toMatch(/^01:59\sPM$/);
  setClock('auto');
});

describe('days are the viewer\'s own', () => {
  test.each(['UTC', 'Pacific/Auckland', 'America/St_Johns', 'Europe/Berlin'])('%s', (zone) => {
    process.env.TZ = zone;
    const noon = new Date(2026, 2, 29, 12).getTime();
    const late = new Date(2026, 2, 28, 23, 59).getTime();
    const early = new Date(2026, 2, 29, 0, 1).getTime();
    expect(dayOf(noon)).toBe(dayOf(early));
    expect(dayOf(late)).not.toBe(dayOf(early));
    expect(dayLabel(early, noon)).toBe('Today');
    expect(dayLabel(late, noon)).toBe('Yesterday');
  });

  test('a day of 23 hours is still one day', () => {
    process.env.TZ = 'Europe/Berlin';
    const monday = new Date(2026, 2, 30, 0, 30).getTime();
    expect(dayLabel(new Date(2026, 2, 29, 0, 15).getTime(), monday)).toBe('Yesterday');
    expect(dayLabel(new Date(2026, 2, 28, 23, 45).getTime(), monday)).not.toBe('Yesterday');
  });

  test('older days bear their date, and another year bears its number', () => {
    process.env.TZ = 'UTC';
    const now = Date.UTC(2026, 5, 10, 12);
    expect(dayLabel(Date.UTC(2026, 5, 3), now)).toBe('Wednesday, June 3');
    expect(dayLabel(Date.UTC(2025, 11, 31), now)).toContain('2025');
  });
});
