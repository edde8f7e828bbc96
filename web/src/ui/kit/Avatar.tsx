import { hueOf, hueOfColor, initialsOf } from '../../text/face';
import css from './Avatar.module.css';

interface Props {
  id: string;
  name: string;
  visitor?: boolean;
  /** The one that they chose; without it the id gives one. */
  color?: string | undefined;
}

/** Decoration: the name always stands beside it or is said with it. */
export function Avatar({ id, name, visitor = false, color }: Props) {
  return (
    <span
      className={visitor ? `${css.avatar} ${css.visitor}` : css.avatar}
      style={{ '--hue': color ? hueOfColor(color) : hueOf(id) } as Record<string, unknown>}
      // The letters are drawn by the style sheet: they are a picture, not text to copy or to read aloud.
      data-initials={initialsOf(name)}
      aria-hidden="true"
    />
  );
}
