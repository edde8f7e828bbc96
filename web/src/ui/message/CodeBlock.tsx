import { Fragment, memo, useEffect, useRef, useState, type ReactNode } from 'react';
import { t } from '../../i18n/t';
import { grammarOf } from '../../text/language';
import { copyText } from '../kit/copy';
import { CheckIcon, CopyIcon } from '../kit/moreIcons';
import { own } from './codeWords';
import type { Token } from './highlight';
import css from './CodeBlock.module.css';

/** Longer code is shown in part until somebody wants all of it. */
const LINES_MOST = 20;
/** Colours for more would hold the page up. */
const COLOURED_MOST = 24_000;
const COPIED_MS = 2000;

export const CodeBlock = memo(function CodeBlock({ language, text }: { language: string; text: string }) {
  const [whole, showWhole] = useState(false);
  const tokens = useTokens(language, text);
  const lines = text.split('\n').length;
  const short = lines > LINES_MOST && !whole;
  return (
    <div className={css.block} data-code={language} dir="ltr">
      <div className={css.bar}>
        <span className={css.language}>{language}</span>
        <CopyButton text={text} />
      </div>
      {/* It scrolls sideways, and so it must be reachable by keyboard. */}
      <pre className={short ? `${css.code} ${css.short}` : css.code} tabIndex={0} role="group" aria-label={t('code')}>
        <code>{tokens ? draw(tokens) : text}</code>
      </pre>
      {lines > LINES_MOST && (
        <button type="button" className={css.more} aria-expanded={whole} onClick={() => showWhole(!whole)}>
          {whole ? own.t('code_less') : own.tn('code_more', lines)}
        </button>
      )}
    </div>
  );
});

function CopyButton({ text }: { text: string }) {
  const [copied, setCopied] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async () => {
    if (!(await copyText(text))) return;
    setCopied(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setCopied(false), COPIED_MS);
  };
  const label = copied ? t('copied') : own.t('copy_code');
  return (
    <button type="button" className={css.copy} aria-label={label} title={label} onClick={copy}>
      {copied ? <CheckIcon /> : <CopyIcon />}
      <span role="status" className="unseen">
        {copied ? t('copied') : ''}
      </span>
    </button>
  );
}

/** The colours, when they are there: they never hold the message up. */
function useTokens(language: string, text: string): readonly Token[] | null {
  const [tokens, setTokens] = useState<{ text: string; list: readonly Token[] } | null>(null);
  const grammar = text.length <= COLOURED_MOST ? grammarOf(language) : undefined;
  useEffect(() => {
    if (grammar === undefined) return undefined;
    let over = false;
    const colour = async () => {
      const { highlight } = await import('./highlight');
      await idle();
      if (!over) setTokens({ text, list: highlight(text, grammar) });
    };
    // Without the chunk (the network may be gone) code is just not coloured.
    colour().catch(() => {});
    return () => {
      over = true;
    };
  }, [grammar, text]);
  return tokens?.text === text ? tokens.list : null;
}

function idle(): Promise<void> {
  return new Promise((done) => {
    if ('requestIdleCallback' in window) requestIdleCallback(() => done(), { timeout: 500 });
    else setTimeout(done, 0);
  });
}

function draw(tokens: readonly Token[]): ReactNode {
  return tokens.map((token, i) => {
    if (typeof token === 'string') return token;
    const name = css[token.scope?.split('.', 1)[0] ?? ''];
    const inside = draw(token.children);
    // oxlint-disable-next-line react/no-array-index-key -- tokens have no identity beyond their place
    return name ? <span key={i} className={name}>{inside}</span> : <Fragment key={i}>{inside}</Fragment>;
  });
}
