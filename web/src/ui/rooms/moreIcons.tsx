// The icons of what one does with rooms: they come with it.

import { line } from '../kit/icons';

export const StarIcon = line('m12 4 2.4 5 5.6.7-4.1 3.8 1.1 5.5-5-2.8-5 2.8 1.1-5.5L4 9.7 9.6 9z');
export const AtIcon = line('M15.5 12a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0v1.2a2.5 2.5 0 0 0 5 0V12a8.5 8.5 0 1 0-3.5 6.9');
export const CalendarIcon = line('M5 6h14v14H5zM5 10.5h14M9 3.5V7M15 3.5V7');
export const LinkIcon = line('M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1');
export const LeaveIcon = line('M14 4H6v16h8M11 12h9.5M17 8.5l3.5 3.5-3.5 3.5');
export const PersonPlusIcon = line('M10 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M3.5 20c.6-3.6 3.2-5.5 6.5-5.5 1.5 0 2.9.4 4 1.2M18 13v6M15 16h6');
export const ReadIcon = line('m3 12.5 4 4L15 8M12.5 15.5l1 1L21.5 8');
