/** The room list as its channel tells it (docs/socket.md, "The room list"), and its further pages. */

import type { Connection } from '../connection/connection.js';
import { Observable, type Stop } from '../events.js';
import type { ListNews, ListState, RoomInfo } from '../types.js';

export type RoomMap = ReadonlyMap<string, RoomInfo>;

/** As docs/heat.md says; in each of them pinned rooms come first. */
export type RoomOrder = 'newest' | 'people' | 'likes' | 'heat';

export interface RoomListState {
  /** Newest first, or in the order that was asked for. */
  readonly rooms: readonly RoomInfo[];
  /** `failed`: the list is over, and does not come back by itself. */
  readonly phase: 'loading' | 'live' | 'failed';
  /** There may be more rooms: `more` asks for them. */
  readonly hasMore: boolean;
}

/** How many rooms the channel starts with at most. */
const FIRST = 200;
const PAGE = 100;
/** How often the order is asked for, where there is one: what the channel tells does not say it. */
const RANKED_MS = 15_000;

export class RoomList extends Observable<RoomListState> {
  private first: RoomMap = new Map();
  /** Asked for, beyond those that the channel starts with; changes of them are heard too. */
  private further: RoomMap = new Map();
  /** Where the service has rooms in the order that was asked for. */
  private ranks: ReadonlyMap<string, number> = new Map();
  private readonly asking: ReturnType<typeof setInterval> | undefined;
  private readonly unfollow: Stop;

  constructor(
    private readonly connection: Connection,
    private readonly which: { readonly tenant?: string; readonly category?: string; readonly order?: RoomOrder } = {},
  ) {
    super({ rooms: [], phase: 'loading', hasMore: false });
    this.unfollow = connection.follow<ListState, ListNews>(channelOf(which), {
      state: (state) => {
        this.first = listFrom(state);
        this.show('live', state.rooms.length >= FIRST);
        if (which.order !== undefined) void this.rank();
      },
      news: (news) => {
        this.first = listAfter(this.first, news);
        this.further = changedAlone(this.further, news);
        this.show('live', this.state.hasMore);
      },
      ended: () => {
        clearInterval(this.asking);
        this.show('failed', false);
      },
    });
    if (which.order !== undefined) this.asking = setInterval(() => void this.rank(), RANKED_MS);
  }

  /** Ask for the next page. */
  async more(): Promise<void> {
    const page = await this.ask(this.which.order === undefined ? this.state.rooms.length : this.ranks.size);
    this.ranks = ranked([...this.ranks.keys(), ...idsOf(page)]);
    this.further = new Map([...this.further, ...page.map((room) => [room.roomId, room] as const)]);
    this.show(this.state.phase, page.length === PAGE);
  }

  /** Follow the list no longer. */
  close(): void {
    clearInterval(this.asking);
    this.unfollow();
  }

  /** Learn the order of the first rooms; those of further pages stay behind them. */
  private async rank(): Promise<void> {
    let page: RoomInfo[];
    try {
      page = await this.ask(0);
    } catch {
      return; // the order stays as it was until the next time
    }
    this.ranks = ranked([...idsOf(page), ...this.ranks.keys()]);
    this.further = new Map([...this.further, ...page.map((room) => [room.roomId, room] as const)]);
    this.show(this.state.phase, this.state.hasMore);
  }

  private async ask(offset: number): Promise<RoomInfo[]> {
    const { category, order } = this.which;
    const wanted = { ...(category === undefined ? {} : { category }), ...(order === undefined ? {} : { order }) };
    return (await this.connection.call('rooms/query_room', { ...wanted, offset, limit: PAGE })) as RoomInfo[];
  }

  private show(phase: RoomListState['phase'], hasMore: boolean): void {
    const newest = newestFirst(new Map([...this.further, ...this.first]));
    const behind = this.ranks.size;
    const rooms =
      this.which.order === undefined
        ? newest
        : newest.sort((a, b) => (this.ranks.get(a.roomId) ?? behind) - (this.ranks.get(b.roomId) ?? behind));
    this.become({ rooms, phase, hasMore });
  }
}

function idsOf(page: readonly RoomInfo[]): string[] {
  return page.map(({ roomId }) => roomId);
}

/** Return the place of each room in an order; of one that is named twice the first place. */
function ranked(order: readonly string[]): ReadonlyMap<string, number> {
  return new Map([...new Set(order)].map((roomId, place) => [roomId, place]));
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
