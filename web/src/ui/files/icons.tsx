import type { ReactNode } from 'react';
import { Icon } from '../kit/icons';
import type { Kind } from './kind';

export const AttachIcon = () => (
  <Icon>
    <path d="m20 11-8.6 8.6a5 5 0 0 1-7-7L13 4a3.3 3.3 0 0 1 4.7 4.7l-8.6 8.6a1.7 1.7 0 0 1-2.4-2.4L14.5 7" />
  </Icon>
);

export const SaveIcon = () => (
  <Icon>
    <path d="M12 4v11" />
    <path d="m7 11 5 5 5-5" />
    <path d="M5 20h14" />
  </Icon>
);

export const PlayIcon = () => (
  <Icon>
    <path d="M8 5.5v13l10.5-6.5z" fill="currentColor" />
  </Icon>
);

export const NearIcon = () => (
  <Icon>
    <circle cx="11" cy="11" r="6.5" />
    <path d="m20 20-4.4-4.4 M11 8.5v5 M8.5 11h5" />
  </Icon>
);

export const FarIcon = () => (
  <Icon>
    <circle cx="11" cy="11" r="6.5" />
    <path d="m20 20-4.4-4.4 M8.5 11h5" />
  </Icon>
);

export const OpenIcon = () => (
  <Icon>
    <path d="M14 4h6v6 M20 4l-9 9 M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5" />
  </Icon>
);

const PAGE = <path d="M14 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8z M14 3v5h5" />;

const marks: Record<Kind, ReactNode> = {
  picture: (
    <>
      <rect x="4" y="4" width="16" height="16" rx="2" />
      <circle cx="9" cy="9.5" r="1.5" />
      <path d="m5 18 5-5 3 3 3-3 4 4" />
    </>
  ),
  sound: (
    <>
      <path d="M9 18V6l10-2v12" />
      <circle cx="6.5" cy="18" r="2.5" />
      <circle cx="16.5" cy="16" r="2.5" />
    </>
  ),
  film: (
    <>
      <rect x="3" y="5" width="18" height="14" rx="2" />
      <path d="m10.5 9 4.5 3-4.5 3z" />
    </>
  ),
  archive: (
    <>
      <rect x="3" y="4" width="18" height="4" rx="1" />
      <path d="M5 8v11a1 1 0 0 0 1 1h12a1 1 0 0 0 1-1V8 M10 12h4" />
    </>
  ),
  text: (
    <>
      {PAGE}
      <path d="M9 12.5h6 M9 16.5h4" />
    </>
  ),
  other: PAGE,
};

export const KindIcon = ({ kind }: { kind: Kind }) => <Icon>{marks[kind]}</Icon>;
