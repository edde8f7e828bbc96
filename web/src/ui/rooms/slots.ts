// Places that other areas fill when they are loaded.

import type { ComponentType } from 'react';

export const slots: { webhooks: ComponentType<{ room: string }> | null } = { webhooks: null };
