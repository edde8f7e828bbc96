// Which grammar reads code of a language, by what people write behind a fence. Small, since it comes with the page: the
// grammars come later.

const NAMES: Record<string, string> = {
  bash: 'bash sh shell zsh console',
  cpp: 'cpp c c++ cc h hpp objc',
  diff: 'diff patch',
  go: 'go golang',
  ini: 'ini toml conf cfg',
  java: 'java',
  javascript: 'javascript js jsx mjs node',
  json: 'json jsonc',
  python: 'python py',
  rust: 'rust rs',
  sql: 'sql sqlite postgres mysql',
  typescript: 'typescript ts tsx',
  xml: 'xml html svg xhtml vue',
  yaml: 'yaml yml',
};

const GRAMMARS = new Map(Object.entries(NAMES).flatMap(([grammar, names]) => names.split(' ').map((n) => [n, grammar] as const)));

export const grammarOf = (language: string): string | undefined => GRAMMARS.get(language.toLowerCase());
