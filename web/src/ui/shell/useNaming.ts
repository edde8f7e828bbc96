import { useState } from 'react';
import { reasonOf, t } from '../../i18n/t';
import { chars, cleanLine } from '../../text/clean';
import { useSession, useView } from './session';

/** Saying what the community is called: what is typed (until then what it is called now), and what is wrong with it. */
export function useNaming() {
  const session = useSession();
  // What an older page has left on the device has none.
  const now = useView((s) => s.server.name) || '';
  const most = useView((s) => s.limits.name_chars);
  const [typed, setTyped] = useState<string | null>(null);
  const [wrong, say] = useState('');
  const name = cleanLine(typed ?? now);
  const isNew = name !== now;

  const type = (text: string) => {
    setTyped(text);
    say('');
  };
  /** Whether it is called so now. */
  const save = async (): Promise<boolean> => {
    if (chars(name) > most) {
      say(t('name_long', { count: most }));
      return false;
    }
    const result = isNew ? await session.act('server_name', { name }) : {};
    if ('error' in result) say(t('did_not_work', { reason: reasonOf(result.error) }));
    else setTyped(name);
    return !('error' in result);
  };
  return { value: typed ?? now, type, most, wrong, isNew, save };
}
