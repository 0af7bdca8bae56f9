/** The console's icons: those of the live page, and what only an operator needs; lines of 24 by 24. */
import { ICONS as SHARED } from '../../components/icons';

export const ICONS = {
  ...SHARED,
  book: ['M5 4.5h11.5a2 2 0 0 1 2 2v13H7a2 2 0 0 1-2-2z', 'M5 17a2 2 0 0 1 2-2h11.5', 'M9 8.5h6'],
  bolt: ['M13 3.5 5.5 13.5h6L11 20.5l7.5-10h-6z'],
  calendar: ['M4.5 6h15v13.5h-15z', 'M4.5 10.5h15', 'M8.5 3.5V8', 'M15.5 3.5V8'],
  chart: ['M4 4v16h16', 'M8 15.5l3.5-5 3 3L20 7'],
  check: ['m5 12.5 4.5 4.5L19 7.5'],
  chevron: ['m9 6 6 6-6 6'],
  clock: ['M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z', 'M12 8v4.5l3 2'],
  copy: ['M9 9h10.5v10.5H9z', 'M15 9V4.5H4.5V15H9'],
  door: ['M5.5 20V5l9-1.5v17z', 'M14.5 6h4v14h-4', 'M11.5 12v.5', 'M3.5 20h17'],
  download: ['M12 4v11', 'm7.5 10.5 4.5 4.5 4.5-4.5', 'M4.5 19.5h15'],
  gauge: ['M4.5 17.5a8.5 8.5 0 1 1 15 0', 'm12 14.5 4-5', 'M12 14.5h.01'],
  gear: [
    'M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z',
    'M12 3v2.5M12 18.5V21M3 12h2.5M18.5 12H21M5.6 5.6l1.8 1.8M16.6 16.6l1.8 1.8M5.6 18.4l1.8-1.8M16.6 7.4l1.8-1.8',
  ],
  gift: ['M4.5 10.5h15v9h-15z', 'M3.5 7h17v3.5h-17z', 'M12 7v12.5', 'M12 7c-1.5-4.5-6.5-3.5-5 0M12 7c1.5-4.5 6.5-3.5 5 0'],
  letter: ['M4 6h16v12H4z', 'm4 7 8 6 8-6'],
  history: ['M4.5 9.5a8 8 0 1 1-.5 4', 'M4 4.5v5h5', 'M12 8v4.5l3 1.5'],
  hook: ['M8 4.5v8a4 4 0 1 0 8 0v-1.5', 'm12.5 12.5 3.5-3.5 3 3.5', 'M8 3a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3z'],
  menu: ['M4 7h16', 'M4 12h16', 'M4 17h16'],
  payout: ['M4 8.5h16v11H4z', 'M12 2.5v9', 'm9 9 3 3 3-3', 'M8 15.5h8'],
  person: ['M12 4.5a4 4 0 1 0 0 8 4 4 0 0 0 0-8z', 'M4.5 20c.8-3.8 3.5-5.5 7.5-5.5s6.7 1.7 7.5 5.5'],
  receipt: ['M6 3.5h12v17l-2-1.5-2 1.5-2-1.5-2 1.5-2-1.5-2 1.5z', 'M9 8.5h6', 'M9 12.5h6'],
  tenants: ['M4 20V9l8-5 8 5v11', 'M9 20v-6h6v6', 'M2.5 20h19'],
  warn: ['M12 4.5 21 19.5H3z', 'M12 10v4', 'M12 16.8v.2'],
  words: ['M4.5 6h15', 'M4.5 11h9', 'M4.5 16h6', 'm14 15 5 5', 'm19 15-5 5'],
} as const;

export type IconName = keyof typeof ICONS;
