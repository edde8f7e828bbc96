// Icons of what is opened later.

import { line } from './icons';

export const BoldIcon = line('M7 5h6a3.5 3.5 0 0 1 0 7H7zM7 12h7a3.5 3.5 0 0 1 0 7H7z');
export const ItalicIcon = line('M10 5h7M7 19h7M14 5l-4 14');
export const CodeIcon = line('m8 7-5 5 5 5M16 7l5 5-5 5');
export const ListIcon = line('M9 6h12M9 12h12M9 18h12M4 6v.01M4 12v.01M4 18v.01');
export const QuoteIcon = line('M5 5v14M10 8h10M10 12h10M10 16h6');
export const FormatIcon = line('m2.5 18 5-12 5 12M4.2 14h6.6M21 11.5v6.5 M15 14.75a3 3 0 1 0 6 0 3 3 0 1 0 -6 0');
export const TrashIcon = line('M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5');
export const CopyIcon = line('M11 9h8a2 2 0 0 1 2 2v8a2 2 0 0 1 -2 2h-8a2 2 0 0 1 -2 -2v-8a2 2 0 0 1 2 -2z M5 15a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h8a2 2 0 0 1 2 2');
export const CheckIcon = line('m5 12.5 4.5 4.5L19 7.5');
export const BackIcon = line('M19 12H5M11 6l-6 6 6 6');
export const SettingsIcon = line('M4 7h9M17 7h3M4 17h3M11 17h9 M13 7a2 2 0 1 0 4 0 2 2 0 1 0 -4 0 M7 17a2 2 0 1 0 4 0 2 2 0 1 0 -4 0');
