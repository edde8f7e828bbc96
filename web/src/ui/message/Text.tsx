import { memo } from 'react';
import { pieces } from '../../text/links';

/** A message's text: nodes of text, and links where the scanner found some. Nothing in it is ever read as markup. */
export const Text = memo(function Text({ text }: { text: string }) {
  let at = 0;
  return (
    <>
      {pieces(text).map((piece) => {
        const key = at;
        at += piece.text.length;
        if (piece.href === undefined) return piece.text;
        return (
          <a key={key} href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
            {piece.text}
          </a>
        );
      })}
    </>
  );
});
