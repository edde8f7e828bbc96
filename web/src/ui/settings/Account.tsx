import { useEffect, useState } from 'react';
import { reasonOf, t as core } from '../../i18n/t';
import { Myself, type Safety } from '../../sync/me';
import { keep } from '../shell/browser';
import { useView } from '../shell/session';
import { Factor } from './Factor';
import { Leave } from './Leave';
import { Group } from './Parts';
import { Password } from './Password';
import { SignOut } from './SignOut';
import { t } from './texts';

const myself = new Myself(keep);

/** What keeps the account safe, and the ways out of it. */
export function Account() {
  const guest = useView((s) => s.you.role === 'guest');
  if (guest) {
    return (
      <>
        <Group title={t('guest_title')} text={t('guest_text')}>
          <p>
            <a className="button primary" href="/join">
              {t('guest_button')}
            </a>
          </p>
        </Group>
        <Leave myself={myself} guest />
      </>
    );
  }
  return <Own />;
}

function Own() {
  const [safety, setSafety] = useState<Safety | null>(null);
  const [said, say] = useState(t('loading'));
  useEffect(() => {
    const ask = async () => {
      const found = await myself.safety();
      if ('error' in found) say(core('did_not_work', { reason: reasonOf(found.error) }));
      else setSafety(found);
    };
    void ask();
  }, []);
  if (!safety) return <p role="status">{said}</p>;
  const turn = (factor: boolean) => setSafety({ ...safety, factor });
  return (
    <>
      <Password myself={myself} />
      <Factor myself={myself} on={safety.factor} onTurn={turn} />
      <SignOut />
      <Leave myself={myself} />
    </>
  );
}
