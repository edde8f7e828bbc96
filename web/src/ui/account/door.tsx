// The way in comes only where it is needed: most visits are by somebody who is in already.

import { Suspense } from 'react';
import { later } from '../kit/lazy';

const Join = later(() => import('./Join'));

export function JoinPage(props: { token: string; why?: string }) {
  return (
    <Suspense fallback={null}>
      <Join {...props} />
    </Suspense>
  );
}
