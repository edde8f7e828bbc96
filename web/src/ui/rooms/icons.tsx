// The icons of rooms, and of what one always sees beside them.

import { line } from '../kit/icons';

export const HashIcon = line('M5 9h14.5M4.5 15H19M10 4 8 20M16 4l-2 16');
export const HornIcon = line('M4 10v4h3l8 5V5l-8 5zM19 9.5a4 4 0 0 1 0 5M8 14.5 9.5 20');
export const ShelfIcon = line('M4 5h16v4H4zM6 9v10h12V9M10 13h4');
export const ChevronIcon = line('m9 6 6 6-6 6');
export const MutedIcon = line('M8.5 5.3A5.5 5.5 0 0 1 17.5 9.5c0 2 .3 3.4.8 4.5M6.5 9.5c0 4-1.5 5.5-2 6.5h12M10 19.5a2.2 2.2 0 0 0 4 0M4 4l16 16');
export const SearchIcon = line('M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14M16 16l4.5 4.5');
