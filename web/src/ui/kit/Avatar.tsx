import { hueOf, initialsOf } from '../../text/face';
import css from './Avatar.module.css';

/** Decoration: the name always stands beside it or is said with it. */
export function Avatar({ id, name, visitor = false }: { id: string; name: string; visitor?: boolean }) {
  return (
    <span
      className={visitor ? `${css.avatar} ${css.visitor}` : css.avatar}
      style={{ '--hue': hueOf(id) } as Record<string, unknown>}
      // The letters are drawn by the style sheet: they are a picture, not text to copy or to read aloud.
      data-initials={initialsOf(name)}
      aria-hidden="true"
    />
  );
}
