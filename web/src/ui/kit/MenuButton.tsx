import { Suspense, useId, useRef, useState, type ReactNode } from 'react';
import { later } from './lazy';
import type { Items } from './Menu';

/** A page is read and written without a menu. */
const Menu = later(() => import('./Menu'));

interface ButtonProps {
  label: string;
  items: Items;
  className?: string | undefined;
  children: ReactNode;
}

/** A button with a menu. */
export function MenuButton({ label, items, className = 'icon-button', children }: ButtonProps) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  return (
    <>
      <button
        ref={button}
        id={id}
        type="button"
        className={className}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={label}
        onClick={() => setOpen(!open)}
      >
        {children}
      </button>
      {open && button.current && (
        <Suspense fallback={null}>
          <Menu label={label} items={items} anchor={button.current} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
