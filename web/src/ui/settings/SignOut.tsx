import { useView } from '../shell/session';
import { useSignOut } from '../account/useSignOut';
import { Group } from './Parts';
import { t, tn } from './texts';

/** Out of this browser. What has not been sent is told of first. */
export function SignOut() {
  const unsent = useView((s) => s.unsent);
  const leave = useSignOut();
  return (
    <Group title={t('sign_out')} text={unsent > 0 ? tn('sign_out_unsent', unsent) : t('sign_out_text')}>
      <p>
        <button type="button" className="button outlined" onClick={leave}>
          {t(unsent > 0 ? 'sign_out_anyway' : 'sign_out')}
        </button>
      </p>
    </Group>
  );
}
