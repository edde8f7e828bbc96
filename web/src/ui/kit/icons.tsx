// Line icons on a grid of 24. They are decoration: the button around them bears the name. Here are those of the first screen;
// the others are in moreIcons.tsx.

import type { ReactNode } from 'react';

export function Icon({ children }: { children: ReactNode }) {
  return (
    <svg
      width="20"
      height="20"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

/** An icon of one stroke or several. */
export const line = (d: string) => () => (
  <Icon>
    <path d={d} />
  </Icon>
);

export const SendIcon = line('M12 19V5M5 12l7-7 7 7');
export const DownIcon = line('M12 5v14M19 12l-7 7-7-7');
export const PeopleIcon = line('M5.5 8a3.5 3.5 0 1 0 7 0 3.5 3.5 0 1 0 -7 0 M2.5 20c.6-3.6 3.2-5.5 6.5-5.5s5.9 1.9 6.5 5.5 M16 4.8a3.5 3.5 0 0 1 0 6.4 M18.5 15.1c1.7.8 2.7 2.5 3 4.9');
export const CloseIcon = line('M18 6 6 18M6 6l12 12');
export const PenIcon = line('M4 20h4L19.5 8.5a2.8 2.8 0 0 0-4-4L4 16z');
export const MenuIcon = line('M4 6.5h16M4 12h16M4 17.5h16');
export const PlusIcon = line('M12 5v14M5 12h14');
export const SmileIcon = line('M3 12a9 9 0 1 0 18 0 9 9 0 1 0 -18 0 M8.5 14.5c.8 1.2 2 2 3.5 2s2.7-.8 3.5-2M9 9.5v.01M15 9.5v.01');
export const LockIcon = line('M7 11h10a2 2 0 0 1 2 2v5a2 2 0 0 1 -2 2h-10a2 2 0 0 1 -2 -2v-5a2 2 0 0 1 2 -2z M8 11V8a4 4 0 0 1 8 0v3');
export const ReplyIcon = line('m9 7-5 5 5 5M4 12h10c3.5 0 6 2.5 6 6');
export const PinIcon = line('M12 16v5M8.5 4h7M9.5 4v6L6 13.5V16h12v-2.5L14.5 10V4');
export const GearIcon = line('M9 12a3 3 0 1 0 6 0 3 3 0 1 0 -6 0 M12 3.5v2.5M12 18v2.5M3.5 12H6M18 12h2.5M6 6l1.8 1.8M16.2 16.2 18 18M18 6l-1.8 1.8M7.8 16.2 6 18');
export const PersonIcon = line('M8.5 8a3.5 3.5 0 1 0 7 0 3.5 3.5 0 1 0 -7 0 M5 20c.7-3.8 3.5-5.8 7-5.8s6.3 2 7 5.8');
export const ShieldIcon = line('M12 3.5 5 6v5.5c0 4.2 2.9 7.3 7 9 4.1-1.7 7-4.8 7-9V6z');
export const KeyIcon = line('M4 15.5a4 4 0 1 0 8 0 4 4 0 1 0 -8 0M11 12.5l8.5-8.5M16 7.5l3 3');
export const DoorIcon = line('M14 4H6v16h8M10.5 12H21M17.5 8.5 21 12l-3.5 3.5');
export const UpDownIcon = line('m8 9.5 4-4 4 4M8 14.5l4 4 4-4');
/** Three dots that are as heavy as the lines of the others. */
export const MoreIcon = () => (
  <Icon>
    <path strokeWidth="4" d="M5 12h.01M12 12h.01M19 12h.01" />
  </Icon>
);

export const KeysIcon = () => (
  <Icon>
    <rect x="2.5" y="6" width="19" height="12" rx="2" />
    <path d="M6.5 10v.01M10 10v.01M14 10v.01M17.5 10v.01M8 14h8" />
  </Icon>
);
