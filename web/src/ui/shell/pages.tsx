// What fills the page instead of a room, by the first part of its path. All of it comes when it is first asked for.

import type { ComponentType } from 'react';

export const pages: Record<string, ComponentType<object>> = {};
