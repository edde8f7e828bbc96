import { useLayoutEffect, useRef, useState, type FormEvent, type KeyboardEvent, type RefObject } from 'react';
import { t } from '../i18n/t';
import type { Session } from '../sync/session';
import { draft } from './browser';
import { SendIcon } from './icons';
import css from './ChatInput.module.css';

interface Props {
  session: Session;
  field: RefObject<HTMLTextAreaElement | null>;
}

/**
 * Where one types. The field keeps its own text (it is not controlled): an input method composes undisturbed, and what
 * was typed is never thrown away by drawing.
 */
export function ChatInput({ session, field }: Props) {
  const [filled, setFilled] = useState(() => draft.get().trim() !== '');
  const [tooLong, setTooLong] = useState(false);
  const height = useRef(fitter());

  useLayoutEffect(() => {
    const area = field.current;
    if (!area) return;
    area.value = draft.get();
    height.current(area);
    area.focus();
  }, [field]);

  const changed = () => {
    const area = field.current;
    if (!area) return;
    draft.set(area.value);
    setFilled(area.value.trim() !== '');
    setTooLong(false);
    height.current(area);
  };

  const send = () => {
    const area = field.current;
    if (!area) return;
    const result = session.post(area.value);
    if (result === 'too_long') setTooLong(true);
    if (result === 'ok') {
      area.value = '';
      changed();
    }
    area.focus();
  };

  const onKeyDown = (e: KeyboardEvent) => {
    if (e.key !== 'Enter' || e.shiftKey || e.altKey) return;
    // The Enter that ends a composition belongs to the input method; 229 is how older engines say so.
    const native = e.nativeEvent ?? e;
    if (native.isComposing || native.keyCode === 229) return;
    // A touch keyboard has no Shift+Enter at hand, but it has the Send button.
    if (!e.ctrlKey && !e.metaKey && matchMedia('(hover: none) and (pointer: coarse)').matches) return;
    e.preventDefault();
    send();
  };

  const onSubmit = (e: FormEvent) => {
    e.preventDefault();
    send();
  };

  return (
    <form className={css.form} onSubmit={onSubmit}>
      {tooLong && (
        <p id="input-error" className={css.error} role="alert">
          {t('too_long')}
        </p>
      )}
      <div className={css.box}>
        <textarea
          ref={field}
          className={css.field}
          rows={1}
          dir="auto"
          placeholder={t('placeholder')}
          aria-label={t('message_label')}
          aria-invalid={tooLong}
          aria-describedby={tooLong ? 'input-error' : undefined}
          enterKeyHint="enter"
          autoComplete="off"
          onInput={changed}
          onKeyDown={onKeyDown}
        />
        <button
          type="submit"
          className={css.send}
          disabled={!filled}
          // Taking the focus would close a phone's keyboard between two messages.
          onMouseDown={(e) => e.preventDefault()}
        >
          <span className={css.word}>{t('send')}</span>
          <SendIcon />
        </button>
      </div>
    </form>
  );
}

/** Lets the field grow with its text where CSS alone cannot yet. */
function fitter(): (area: HTMLTextAreaElement) => void {
  if (typeof CSS !== 'undefined' && CSS.supports('field-sizing', 'content')) return () => {};
  return (area) => {
    area.style.blockSize = 'auto';
    area.style.blockSize = `${area.scrollHeight}px`;
  };
}
