import { t } from '../../i18n/t';
import { SearchIcon } from '../rooms/icons';
import { go } from '../shell/route';
import { show } from '../shell/surface';
import { useShortcut } from '../shortcuts/useShortcut';
import css from './JumpButton.module.css';

const apple = /Mac|iP(?:hone|ad|od)/.test(navigator.platform);

/** Looks like a field, since that is what it opens. */
export function JumpButton() {
  useShortcut('switcher', () => show('switcher', {}));
  useShortcut('search', () => go('/search'));
  return (
    <button type="button" className={css.jump} onClick={() => show('switcher', {})} aria-haspopup="dialog" aria-keyshortcuts={apple ? 'Meta+K' : 'Control+K'}>
      <SearchIcon />
      <span className={css.words}>{t('jump_open')}</span>
      <kbd className={css.keys} aria-hidden="true">
        {apple ? '⌘K' : t('jump_keys')}
      </kbd>
    </button>
  );
}
