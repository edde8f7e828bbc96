// A native modal dialog: the browser keeps the focus inside, closes on Escape and gives the focus back.

import { useEffect, useRef, type MouseEvent, type ReactNode } from 'react';

interface Props {
  className: string | undefined;
  labelledBy: string;
  onClose(): void;
  children: ReactNode;
}

export function Dialog({ className, labelledBy, onClose, children }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const closed = useRef(onClose);
  closed.current = onClose;
  useEffect(() => {
    const dialog = ref.current;
    if (!dialog) return undefined;
    if (!dialog.open) dialog.showModal();
    // Not as a property: the event comes later than the closing, and must not close the dialog that took this one's place.
    const told = () => closed.current();
    dialog.addEventListener('close', told);
    return () => {
      dialog.removeEventListener('close', told);
      dialog.close();
    };
  }, []);
  const onClick = (e: MouseEvent) => {
    // Only the backdrop: everything inside is in a child that fills the dialog.
    if (e.target === ref.current) ref.current?.close();
  };
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions -- Escape is the keyboard's way
    <dialog ref={ref} className={className} aria-labelledby={labelledBy} onClick={onClick}>
      {children}
    </dialog>
  );
}
