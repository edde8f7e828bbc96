// The place in a profile for what moderators do with people; the administration's part fills it.

import type { ComponentType } from 'react';

export interface ManageProps {
  id: string;
  name: string;
  role: string;
  onClose(): void;
}

export const manage: { part: ComponentType<ManageProps> | null } = { part: null };
