// What fills the page instead of a room, by the first part of its path. All of it comes when it is first asked for.

import type { ComponentType } from 'react';
import { later } from '../kit/lazy';

export const pages: Record<string, ComponentType<object>> = {
  admin: later(() => import('../admin/Admin')),
  search: later(() => import('../search/Search')),
  settings: later(() => import('../settings/Settings')),
  welcome: later(() => import('../welcome/Welcome')),
};
