import { useEffect, useState } from 'react';
import { dayOf } from '../../i18n/time';

/** The start of today; changes at midnight, so that "Today" does not become a lie in a window left open. */
export function useToday(): number {
  const [today, setToday] = useState(() => dayOf(Date.now()));
  useEffect(() => {
    const now = new Date();
    const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1).getTime();
    const timer = setTimeout(() => setToday(dayOf(Date.now())), midnight - now.getTime() + 500);
    return () => clearTimeout(timer);
  }, [today]);
  return today;
}
