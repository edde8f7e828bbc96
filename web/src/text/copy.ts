// Several messages as plain text, as one pastes them elsewhere.

import { plain } from './markdown';

export interface Copied {
  name: string;
  /** As the reader reads it. */
  time: string;
  text: string;
}

export const copied = (messages: readonly Copied[]): string =>
  messages.map(({ name, time, text }) => `${name} ${time} ${plain(text)}`.trimEnd()).join('\n');
