/** Rooms as a session sees them from outside: lists, single rooms, and opening one. */

import type { Connection } from '../connection/connection.js';
import { RoomList, type RoomOrder } from '../room/list.js';
import type { Entered, RoomInfo } from '../types.js';
import type { Session } from './session.js';

export interface NewShow {
  readonly title?: string;
  readonly cover?: string;
  /** `live` by default; a show that is on already keeps its own unless another is given. */
  readonly category?: string;
  /** By default the user's own room, whose id is theirs: links to it stay good for the next show. */
  readonly roomId?: string;
}

const CATEGORY = 'live';
const FOLLOWED = 50;

export class Rooms {
  constructor(
    private readonly session: Pick<Session, 'user'>,
    private readonly connection: Connection,
    private readonly tenant: string,
  ) {}

  /**
   * Return the rooms of a category, or all, newest first: live, and page by page beyond the first 200. With `order`,
   * pinned rooms are first; what it goes by is looked at every 15 seconds.
   */
  list(wanted: { category?: string; order?: RoomOrder } = {}): RoomList {
    return new RoomList(this.connection, { tenant: this.tenant, ...wanted });
  }

  /** Return one room. `linkKey` is that of a private room's link. Throws `NotFoundError`. */
  async get(roomId: string, { linkKey = '' }: { linkKey?: string } = {}): Promise<RoomInfo> {
    const key = linkKey === '' ? {} : { linkKey };
    return (await this.connection.call('rooms/room_detail', { roomId, ...key })) as RoomInfo;
  }

  /** Return live rooms of hosts whom the user follows, newest first: 50, unless `limit` says otherwise. */
  async followed({ limit = FOLLOWED }: { limit?: number } = {}): Promise<RoomInfo[]> {
    return (await this.connection.call('rooms/query_room', { followed: 'only', limit })) as RoomInfo[];
  }

  /** Find public live rooms by their texts and hosts, most watched first: 20, unless `limit` says otherwise. */
  async search(text: string, wanted: { category?: string; limit?: number } = {}): Promise<RoomInfo[]> {
    return (await this.connection.call('rooms/search', { text, ...wanted })) as RoomInfo[];
  }

  /** Open a show, so that others can enter; `session.enter` then follows it. A show that is on already is changed. */
  async open({ title = '', cover = '', category, roomId = this.session.user.userId }: NewShow): Promise<RoomInfo> {
    const asked = { roomId, role: 'anchor', category: category ?? CATEGORY, title };
    const room = (await this.connection.call('rooms/enter_room', asked)) as Entered;
    // A show that was on already keeps its texts on entering.
    if (room.title === title && room.cover === cover && room.category === (category ?? room.category)) return room;
    const texts = { title, cover, ...(category === undefined ? {} : { category }) };
    return (await this.connection.call('rooms/update_room', { roomId: room.roomId, ...texts })) as RoomInfo;
  }
}
