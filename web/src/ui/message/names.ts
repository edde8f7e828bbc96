// Who reacted, in words.

import { locale, t, tn } from '../../i18n/t';
import type { Reaction } from '../../proto/v1';

const MOST = 8;
let lists: Intl.ListFormat | undefined;

/** "You, Ann and 3 others": oneself first, those whose names are known, and how many there are besides. */
export function namesOf({ people, count }: Reaction, youId: string, nameOf: (id: string) => string | undefined): string {
  const own = people.includes(youId);
  const others = people.filter((id) => id !== youId).map(nameOf).filter((n) => n !== undefined);
  const named = [...(own ? [t('you_first')] : []), ...others].slice(0, MOST);
  const rest = count - named.length;
  // Made at the first use: before, the language may not be spoken yet.
  lists ??= new Intl.ListFormat(locale, { type: 'conjunction' });
  return lists.format([...named, ...(rest > 0 ? [tn(named.length > 0 ? 'others' : 'reactors', rest)] : [])]);
}
