import { Fragment, memo, Suspense, type ReactNode } from 'react';
import { onlyEmoji } from '../../text/emoji';
import { NOBODY, parse, type Block, type Inline, type Known, type List } from '../../text/markdown';
import { later } from '../kit/lazy';
import { hrefOf } from '../shell/route';
import css from './Text.module.css';

const CodeBlock = later(async () => ({ default: (await import('./CodeBlock')).CodeBlock }));

interface Props {
  text: string;
  known?: Known;
  youId?: string;
  /** Whether @here and @room mean everybody in it. */
  all?: boolean;
}

/** A message's text, drawn from the tree that the scanner made of it. Nothing in it is ever read as markup. */
export const Text = memo(function Text({ text, known = NOBODY, youId = '', all = false }: Props) {
  if (onlyEmoji(text)) return <p className={`${css.text} ${css.large}`} dir="auto">{text}</p>;
  return <>{blocks(parse(text, all === known.all ? known : { ...known, all }), youId)}</>;
});

// oxlint-disable react/no-array-index-key -- what is drawn has no identity beyond its place

function blocks(list: readonly Block[], youId: string): ReactNode {
  return list.map((b, i) => <Fragment key={i}>{block(b, youId)}</Fragment>);
}

function block(b: Block, youId: string): ReactNode {
  switch (b.kind) {
    case 'text':
      return <p className={css.text} dir="auto">{inlines(b.children, youId)}</p>;
    case 'fence':
      return (
        <Suspense fallback={<pre className={css.plain}>{b.text}</pre>}>
          <CodeBlock language={b.language} text={b.text} />
        </Suspense>
      );
    case 'quote':
      return <blockquote className={css.quote}>{blocks(b.children, youId)}</blockquote>;
    case 'list':
      return drawList(b, youId);
  }
}

function drawList({ ordered, start, items }: List, youId: string): ReactNode {
  const rows = items.map((item, i) => (
    <li key={i}>
      {inlines(item.children, youId)}
      {item.lists.map((l, j) => (
        <Fragment key={j}>{drawList(l, youId)}</Fragment>
      ))}
    </li>
  ));
  if (!ordered) return <ul className={css.list} dir="auto">{rows}</ul>;
  return (
    <ol className={css.list} start={start} dir="auto">
      {rows}
    </ol>
  );
}

function inlines(list: readonly Inline[], youId: string): ReactNode {
  return list.map((piece, i) => (piece.kind === 'text' ? piece.text : <Fragment key={i}>{inline(piece, youId)}</Fragment>));
}

function inline(piece: Exclude<Inline, { kind: 'text' }>, youId: string): ReactNode {
  switch (piece.kind) {
    case 'code':
      return <code className={css.code}>{piece.text}</code>;
    case 'bold':
      return <strong>{inlines(piece.children, youId)}</strong>;
    case 'italic':
      return <em>{inlines(piece.children, youId)}</em>;
    case 'strike':
      return <s>{inlines(piece.children, youId)}</s>;
    case 'link':
      return (
        <a href={piece.href} title={isBare(piece) ? undefined : piece.href} target="_blank" rel="noopener noreferrer nofollow">
          {inlines(piece.children, youId)}
        </a>
      );
    case 'mention': {
      const you = piece.id === '' || piece.id === youId;
      return <bdi className={you ? `${css.mention} ${css.you}` : css.mention} data-mention={piece.id}>{piece.text}</bdi>;
    }
    case 'room':
      return (
        <a className={css.mention} href={hrefOf(piece.id)}>
          <bdi>{piece.text}</bdi>
        </a>
      );
  }
}

/** The address itself is what one reads. */
const isBare = ({ href, children: [first] }: Extract<Inline, { kind: 'link' }>): boolean =>
  first?.kind === 'text' && first.text === href;
