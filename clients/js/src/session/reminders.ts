/** Scheduled broadcasts, and being reminded of them (docs/reminders.md). */

import type { Connection } from '../connection/connection.js';
import type { AwaitedBroadcast, ScheduledRoom } from '../types.js';

/** How many of a list are asked for. */
const LISTED = 50;
const COMING = 20;

export interface BroadcastPlan {
  /** One that is scheduled already, to change it; otherwise it is a new one. */
  readonly roomId?: string;
  readonly starts?: Date;
  readonly title?: string;
  readonly cover?: string;
  readonly category?: string;
}

interface Link {
  /** That of a private room's link. */
  readonly linkKey?: string;
}

export class Reminders {
  constructor(private readonly connection: Pick<Connection, 'call'>) {}

  /** Return a scheduled broadcast, for who waits. Throws `NotFoundError` also where it has begun: enter it then. */
  readonly show = (roomId: string, link: Link = {}): Promise<AwaitedBroadcast> => this.about('reminders/show', roomId, link);
  /** Be told by `reminder.due` when it begins soon, has begun, or is cancelled. Again changes nothing. */
  readonly add = (roomId: string, link: Link = {}): Promise<AwaitedBroadcast> => this.about('reminders/add', roomId, link);

  async remove(roomId: string): Promise<void> {
    await this.connection.call('reminders/remove', { roomId });
  }

  /** Of which broadcasts the user is reminded, the one added last first. */
  async list({ limit = LISTED }: { limit?: number } = {}): Promise<ScheduledRoom[]> {
    return (await this.connection.call('reminders/list', { limit })) as ScheduledRoom[];
  }

  /** Public broadcasts of the next 30 days, soonest first: 20, unless `limit` says otherwise. */
  async coming({ category = '', limit = COMING }: { category?: string; limit?: number } = {}): Promise<ScheduledRoom[]> {
    return (await this.connection.call('rooms/scheduled', { category, limit })) as ScheduledRoom[];
  }

  /** Announce a broadcast, or change one. `session.enter` with the role `anchor` begins it. */
  async schedule({ starts, ...plan }: BroadcastPlan): Promise<ScheduledRoom> {
    const when = starts ? { startUtc: starts.toISOString().slice(0, 19).replace('T', ' ') } : {};
    return (await this.connection.call('rooms/schedule', { ...plan, ...when })) as ScheduledRoom;
  }

  private async about(method: string, roomId: string, { linkKey = '' }: Link): Promise<AwaitedBroadcast> {
    const key = linkKey === '' ? {} : { linkKey };
    return (await this.connection.call(method, { roomId, ...key })) as AwaitedBroadcast;
  }
}
