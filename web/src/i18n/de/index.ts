import type { Key } from '../en';
import { account } from './account';
import { composer } from './composer';
import { errors } from './errors';
import { files } from './files';
import { history } from './history';
import { message } from './message';
import { people } from './people';
import { rooms } from './rooms';
import { shell } from './shell';

export const de: Record<Key, string> = {
  ...account,
  ...composer,
  ...errors,
  ...files,
  ...history,
  ...message,
  ...people,
  ...rooms,
  ...shell,
};
