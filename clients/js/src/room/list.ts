/** The room list as its channel tells it (docs/socket.md, "The room list"), and its further pages. */

import type { Connection } from '../connection/connection.js';
import { Observable, type Stop } from '../events.js';
import type { ListNews, ListState, RoomInfo } from '../types.js';

export type RoomMap = ReadonlyMap<string, RoomInfo>;

export interface RoomListState {
  /** Newest first. */
  readonly rooms: readonly RoomInfo[];
  /** `failed`: the list is over, and does not come back by itself. */
  readonly phase: 'loading' | 'live' | 'failed';
  /** There may be more rooms: `more` asks for them. */
  readonly hasMore: boolean;
}

/** How many rooms the channel starts with at most. */
const FIRST = 200;
const PAGE = 100;

export class RoomList extends Observable<RoomListState> {
  private first: RoomMap = new Map();
  /** Asked for, beyond those that the channel starts with; changes of them are heard too. */
  private further: RoomMap = new Map();
  private readonly unfollow: Stop;

  constructor(
    private readonly connection: Connection,
    private readonly which: { readonly tenant?: string; readonly category?: string } = {},
  ) {
    super({ rooms: [], phase: 'loading', hasMore: false });
    this.unfollow = connection.follow<ListState, ListNews>(channelOf(which), {
      state: (state) => {
        this.first = listFrom(state);
        this.show('live', state.rooms.length >= FIRST);
      },
      news: (news) => {
        this.first = listAfter(this.first, news);
        this.further = changedAlone(this.further, news);
        this.show('live', this.state.hasMore);
      },
      ended: () => {
        this.show('failed', false);
      },
    });
  }

  /** Ask for the next page of older rooms. */
  async more(): Promise<void> {
    const offset = this.state.rooms.length;
    const { category } = this.which;
    const wanted = category === undefined ? {} : { category };
    const page = (await this.connection.call('rooms/query_room', { ...wanted, offset, limit: PAGE })) as RoomInfo[];
    this.further = new Map([...this.further, ...page.map((room) => [room.roomId, room] as const)]);
    this.show(this.state.phase, page.length === PAGE);
  }

  /** Follow the list no longer. */
  close(): void {
    this.unfollow();
  }

  private show(phase: RoomListState['phase'], hasMore: boolean): void {
    this.become({ rooms: newestFirst(new Map([...this.further, ...this.first])), phase, hasMore });
  }
}

function channelOf({ tenant = '', category = '_all' }: { tenant?: string; category?: string }): string {
  return ['rooms', ...(tenant === '' ? [] : [tenant]), category].join(':');
}

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

/** The same, without rooms that are new: those are the first list's. */
function changedAlone(rooms: RoomMap, news: ListNews): RoomMap {
  return listAfter(rooms, { ...news, set: news.set.filter(({ roomId }) => rooms.has(roomId)) });
}

/** Newest first; of two of one second the one with the higher id. */
export function newestFirst(rooms: RoomMap): RoomInfo[] {
  return [...rooms.values()].sort(
    (a, b) => b.createUtc.localeCompare(a.createUtc) || Number(b.roomId) - Number(a.roomId),
  );
}
