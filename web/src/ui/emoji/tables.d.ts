// Made while the page is built: tools/emoji.mjs says what is in them.

declare module 'virtual:emoji' {
  const table: string;
  export default table;
}

declare module 'virtual:emoji-words-en' {
  const words: string;
  export default words;
}

declare module 'virtual:emoji-words-de' {
  const words: string;
  export default words;
}
