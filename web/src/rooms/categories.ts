/** What shows are about, as this page knows it; other apps of a service have words of their own. */

import type { RoomInfo } from '@liveroom/client';

export const CATEGORIES = ['live', 'voice', 'music', 'games', 'talk', 'learning'] as const;
export type Category = (typeof CATEGORIES)[number];

export function categoryOf(name: string): Category | null {
  return CATEGORIES.find((one) => one === name) ?? null;
}

/** Those that there are rooms of, the page's own first, in their order. */
export function categoriesOf(rooms: readonly Pick<RoomInfo, 'category'>[]): string[] {
  const there = new Set(rooms.map(({ category }) => category).filter(Boolean));
  const own = CATEGORIES.filter((one) => there.has(one));
  return [...own, ...[...there].filter((one) => categoryOf(one) === null).sort()];
}
