/** Opening a show. Everybody has one room, whose id is their own: a link to it stays good for the next show. */

import type { Entered } from '../api/types';
import type { Wire } from '../api/wire';

export interface Show {
  readonly title: string;
  readonly cover: string;
  readonly category: string;
}

export async function openShow(wire: Wire, roomId: string, { title, cover, category }: Show): Promise<string> {
  const wish = { roomId, role: 'anchor', category, title };
  const room = await wire.call<Entered>('rooms/enter_room', wish);
  // A show that was on already keeps its title on entering.
  const is = room.title === title && room.cover === cover && room.category === category;
  if (!is) await wire.call('rooms/update_room', { roomId, title, cover, category });
  return room.roomId;
}
