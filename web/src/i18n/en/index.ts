// Every word that a room shows, by the area of the page that shows it. `{x}` is filled in; a key with _one and _other is
// chosen by count. Areas that come later than the first screen bring their own texts (see `texts` in ../t).

import { account } from './account';
import { composer } from './composer';
import { errors } from './errors';
import { files } from './files';
import { history } from './history';
import { message } from './message';
import { people } from './people';
import { rooms } from './rooms';
import { shell } from './shell';

export const en = {
  ...account,
  ...composer,
  ...errors,
  ...files,
  ...history,
  ...message,
  ...people,
  ...rooms,
  ...shell,
} as const;

export type Key = keyof typeof en;
