// The icons of the settings, which come with them.

import { Icon } from '../kit/icons';

export const DevicesIcon = () => (
  <Icon>
    <rect x="3" y="5" width="13" height="10" rx="2" />
    <path d="M2 19h10" />
    <rect x="15.5" y="10" width="6" height="10" rx="1.5" />
  </Icon>
);

export const BellIcon = () => (
  <Icon>
    <path d="M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.5a2.2 2.2 0 0 0 4 0" />
  </Icon>
);

export const PaletteIcon = () => (
  <Icon>
    <path d="M12 3.5a8.5 8.5 0 1 0 0 17c1.4 0 2-1 1.6-2-.6-1.6.2-2.9 2-2.9H18a2.7 2.7 0 0 0 2.5-2.8C20.5 7.5 16.7 3.5 12 3.5Z" />
    <path d="M8 11.5v.01M11 7.8v.01M15.5 9v.01" />
  </Icon>
);

export const WritingIcon = () => (
  <Icon>
    <path d="M4 20h16M6 16.5l.8-3.8L15.5 4l3 3-8.7 8.7z" />
  </Icon>
);

export const FileIcon = () => (
  <Icon>
    <path d="M13.5 3.5H6v17h12V8zM13.5 3.5V8H18" />
  </Icon>
);

export const InfoIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M12 11v5M12 8v.01" />
  </Icon>
);
