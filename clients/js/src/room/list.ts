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
/** How often an order is asked for that changes all the time: what the channel tells does not say it. */
const RANKED_MS = 15_000;

export class RoomList extends Observable<RoomListState> {
  private first: RoomMap = new Map();
  /** Asked for, beyond those that the channel starts with; changes of them are heard too. */
  private further: RoomMap = new Map();
  /** In the order that was asked for, as the service has said it. */
  private asked: readonly RoomInfo[] = [];
  /** How many states there were: an answer that was asked for before the last one is too old. */
  private states = 0;
  private readonly asking: ReturnType<typeof setInterval> | undefined;
  private readonly unfollow: Stop;

  constructor(
    private readonly connection: Connection,
    private readonly which: { readonly tenant?: string; readonly category?: string; readonly order?: RoomOrder } = {},
  ) {
    super({ rooms: [], phase: 'loading', hasMore: false });
    this.unfollow = connection.follow<ListState, ListNews>(channelOf(which), {
      state: (state) => {
        const hasMore = state.rooms.length >= FIRST;
        this.states += 1;
        this.first = listFrom(state);
        if (!hasMore) this.further = new Map();
        this.show('live', hasMore);
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
    if (isMoving(which.order)) this.asking = setInterval(() => void this.rank(), RANKED_MS);
  }

  /** Ask for the next page. */
  async more(): Promise<void> {
    const page = await this.ask(this.which.order === undefined ? this.state.rooms.length : this.asked.length);
    this.take(page, [...this.asked, ...page], page.length === PAGE);
  }

  /** Follow the list no longer. */
  close(): void {
    clearInterval(this.asking);
    this.unfollow();
  }

  /** Learn the order of the first rooms; those of further pages stay behind them. */
  private async rank(): Promise<void> {
    const { states } = this;
    let page: RoomInfo[];
    try {
      page = await this.ask(0);
    } catch {
      return; // the order stays as it was until the next time
    }
    if (states === this.states) this.take(page, isMoving(this.which.order) ? [...page, ...this.asked] : page, this.state.hasMore);
  }

  private take(page: readonly RoomInfo[], asked: readonly RoomInfo[], hasMore: boolean): void {
    const known = new Set<string>();
    this.asked = asked.filter(({ roomId }) => !known.has(roomId) && known.add(roomId));
    this.further = new Map([...this.further, ...page.map((room) => [room.roomId, room] as const)]);
    this.show(this.state.phase, hasMore);
  }

  private async ask(offset: number): Promise<RoomInfo[]> {
    const { category, order } = this.which;
    const wanted = { ...(category === undefined ? {} : { category }), ...(order === undefined ? {} : { order }) };
    return (await this.connection.call('rooms/query_room', { ...wanted, offset, limit: PAGE })) as RoomInfo[];
  }

  private show(phase: RoomListState['phase'], hasMore: boolean): void {
    const newest = newestFirst(new Map([...this.further, ...this.first]));
    if (this.which.order !== undefined) {
      const rankOf = isMoving(this.which.order) ? placesIn(this.asked) : pinsIn(this.asked);
      newest.sort((a, b) => rankOf(a) - rankOf(b));
    }
    this.become({ rooms: newest, phase, hasMore });
  }
}

/** The newest come first by themselves, and only the operator's pins have to be learnt. */
function isMoving(order: RoomOrder | undefined): boolean {
  return order !== undefined && order !== 'newest';
}

type Rank = (room: RoomInfo) => number;

/** Rank rooms by an order; those that are not in it stand behind it. */
function placesIn(order: readonly RoomInfo[]): Rank {
  const places = new Map(order.map(({ roomId }, place) => [roomId, place]));
  return ({ roomId }) => places.get(roomId) ?? order.length;
}

/** Rank rooms that are pinned or put behind: those before and after the longest run that has the newest first. */
function pinsIn(order: readonly RoomInfo[]): Rank {
  let [from, until] = [0, 0];
  let begin = 0;
  order.forEach((room, place) => {
    const before = order[place - 1];
    if (before && byNewest(before, room) > 0) begin = place;
    if (place + 1 - begin >= until - from) [from, until] = [begin, place + 1];
  });
  const ranks = new Map(order.map(({ roomId }, place) => [roomId, place < from ? place - from : Math.max(0, place + 1 - until)]));
  return ({ roomId }) => ranks.get(roomId) ?? 0;
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
  return [...rooms.values()].sort(byNewest);
}

function byNewest(a: RoomInfo, b: RoomInfo): number {
  return b.createUtc.localeCompare(a.createUtc) || Number(b.roomId) - Number(a.roomId);
}
