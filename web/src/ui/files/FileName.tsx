import css from './FileName.module.css';

/** A name that gives way in its middle: what it ends with says what it is. */
export function FileName({ name }: { name: string }) {
  const dot = name.lastIndexOf('.');
  const cut = dot > 0 && name.length - dot <= 8 ? Math.max(0, dot - 3) : name.length;
  return (
    <bdi className={css.name} title={name}>
      <span className={css.stem}>{name.slice(0, cut)}</span>
      <span className={css.end}>{name.slice(cut)}</span>
    </bdi>
  );
}
