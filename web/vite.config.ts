import { defineConfig } from 'vitest/config';
import { version } from './package.json';
import { emoji } from './tools/emoji.mjs';
import { className, firstScript } from './tools/first.ts';
import { licenses } from './tools/licenses.ts';
import { shell } from './tools/shell.ts';

// The source is written against React's API. Preact is what ships (a ninth of the size); FW=react builds and tests the
// same source with React itself, so that it stays a React client in truth.
const react = process.env.FW === 'react';

const preact = [
  { find: /^react-dom\/client$/, replacement: 'preact/compat/client' },
  { find: /^react-dom$/, replacement: 'preact/compat' },
  { find: /^react\/jsx-(dev-)?runtime$/, replacement: 'preact/jsx-runtime' },
  { find: /^react$/, replacement: 'preact/compat' },
  { find: /^@testing-library\/react$/, replacement: '@testing-library/preact' },
];

export default defineConfig({
  plugins: [emoji(), licenses(), shell()],
  resolve: { alias: react ? [] : preact },
  define: { CLIENT_VERSION: JSON.stringify(version) },
  css: {
    modules: { generateScopedName: className },
    // 4 is :dir(), which would become the names of all languages from right to left.
    lightningcss: { exclude: 4 },
  },
  build: {
    outDir: react ? 'dist-react' : 'dist',
    target: 'es2022',
    // One script and one style sheet: nothing to preload, and a polyfill would only be dead weight. What later parts import
    // they name themselves; a list of it in the first script would cost every first visit 0.7 KB. Their style sheets are
    // named nowhere else.
    modulePreload: { polyfill: false, resolveDependencies: (_, names) => names.filter((name) => name.endsWith('.css')) },
    // The policy allows no data: URIs, so every file stays a file.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    // 1.5 KB less for a first visit than the built-in one makes of it, for a few seconds more of building.
    minify: 'terser',
    terserOptions: { module: true, ecma: 2020, compress: { passes: 3, keep_fargs: false } },
    rolldownOptions: { output: { codeSplitting: { groups: [firstScript] } } },
  },
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    css: { modules: { classNameStrategy: 'non-scoped' } },
    // It finds what hangs, and measures nothing: a busy machine may take its time.
    testTimeout: 60_000,
  },
});
