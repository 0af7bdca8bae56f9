/** The room list as its channel tells it (docs/socket.md, "The room list"). */

import type { ListNews, ListState, Room } from '../api/types';

export type RoomMap = ReadonlyMap<string, Room>;

export function listFrom(state: ListState): RoomMap {
  return new Map(state.rooms.map((room) => [room.roomId, room]));
}

/** Return the list after the news. */
export function listAfter(rooms: RoomMap, news: ListNews): RoomMap {
  const next = new Map(rooms);
  for (const room of news.set) next.set(room.roomId, room);
  for (const [id, [nnUsers, totalJoined]] of Object.entries(news.nn)) {
    const room = next.get(id);
    if (room) next.set(id, { ...room, nnUsers, totalJoined });
  }
  for (const id of news.del) next.delete(id);
  return next;
}

/** Newest first; of two of one second the one with the higher id. */
export function newestFirst(rooms: RoomMap): Room[] {
  return [...rooms.values()].sort(
    (a, b) => b.createUtc.localeCompare(a.createUtc) || Number(b.roomId) - Number(a.roomId),
  );
}
