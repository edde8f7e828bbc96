// The icons of the menu, which come with it.

import { Icon } from '../kit/icons';

export const LinkIcon = () => (
  <Icon>
    <path d="M10 14a5 5 0 0 0 7.1 0l2.4-2.4a5 5 0 0 0-7.1-7.1L11 5.9" />
    <path d="M14 10a5 5 0 0 0-7.1 0l-2.4 2.4a5 5 0 0 0 7.1 7.1l1.4-1.4" />
  </Icon>
);

export const ClockIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="9" />
    <path d="M12 7v5l3.5 2" />
  </Icon>
);

export const FlagIcon = () => (
  <Icon>
    <path d="M5 21V4" />
    <path d="M5 4h12l-2 4.5 2 4.5H5" />
  </Icon>
);

export const UnreadIcon = () => (
  <Icon>
    <path d="M4 6h10" />
    <path d="M4 12h16" />
    <path d="M4 18h11" />
    <circle cx="19" cy="6" r="2" fill="currentColor" />
  </Icon>
);

export const MuteIcon = () => (
  <Icon>
    <path d="M4 5h16v11H10l-4 4v-4H4z" />
    <path d="m9 8 6 5" />
  </Icon>
);

export const OutIcon = () => (
  <Icon>
    <path d="M13 4H5v16h8" />
    <path d="M10 12h10" />
    <path d="m16 8 4 4-4 4" />
  </Icon>
);
