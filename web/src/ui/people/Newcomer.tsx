import { Suspense, useState } from 'react';
import { later, unhurried } from '../kit/lazy';
import { keep } from '../shell/browser';
import { useView } from '../shell/session';

const FirstMinute = later(unhurried(() => import('./FirstMinute')));
/** What the server calls a guest who has said no name. */
const GIVEN = /^Guest \d+$/;

/** For a guest who has no name of their own yet, until they have one or do not want to be asked. */
export function Newcomer() {
  const nameless = useView((s) => s.you.role === 'guest' && GIVEN.test(s.you.name));
  const [asked, setAsked] = useState(() => keep.get('asked') === '1');
  if (!nameless || asked) return null;
  const done = () => {
    keep.set('asked', '1');
    setAsked(true);
  };
  return (
    <Suspense fallback={null}>
      <FirstMinute onDone={done} />
    </Suspense>
  );
}
