/** Whom the user follows and who follows them, and whom they have blocked (docs/follow.md). */

import type { Connection } from '../connection/connection.js';
import type { BlockedUser, Follower, FollowCounts, Relation } from '../types.js';

/** How many of a list are asked for. */
const LISTED = 50;
/** How many the service counts, and relates, at once. */
const COUNTED = 20;
const RELATED = 100;

export interface ListWanted {
  /** 50 unless it is given, at most 100. Further pages: `session.call`, with `cursor`. */
  readonly limit?: number;
}

type Call = Pick<Connection, 'call'>;

export class Follows {
  constructor(private readonly connection: Call) {}

  /** Follow somebody, who hears of it; return what they are to the user now. Again changes nothing. */
  readonly add = (userId: string): Promise<Relation> => this.change('follow/add', userId);
  /** Follow somebody no longer; they do not hear of it. */
  readonly remove = (userId: string): Promise<Relation> => this.change('follow/remove', userId);
  /** Whom the user follows, those followed last first. Pages are the service's: a page may be shorter than asked for. */
  readonly following = (wanted?: ListWanted): Promise<Follower[]> => this.list('follow/following', wanted);
  readonly followers = (wanted?: ListWanted): Promise<Follower[]> => this.list('follow/followers', wanted);
  readonly mutual = (wanted?: ListWanted): Promise<Follower[]> => this.list('follow/mutual', wanted);

  /** Return how many follow each of these users, and whom they follow; at most 20 of them. */
  async counts(userIds: readonly string[]): Promise<FollowCounts[]> {
    return (await this.connection.call('follow/counts', { userIds: userIds.slice(0, COUNTED) })) as FollowCounts[];
  }

  /** Return what each of these users is to the user; at most 100 of them. */
  async relations(userIds: readonly string[]): Promise<ReadonlyMap<string, Relation>> {
    const asked = { userIds: userIds.slice(0, RELATED) };
    const found = (await this.connection.call('follow/relations', asked)) as { userId: string; relation: Relation }[];
    return new Map(found.map(({ userId, relation }) => [userId, relation]));
  }

  private async change(method: string, targetId: string): Promise<Relation> {
    return ((await this.connection.call(method, { targetId })) as { relation: Relation }).relation;
  }

  private async list(method: string, wanted: ListWanted = {}): Promise<Follower[]> {
    return (await this.connection.call(method, { limit: LISTED, ...wanted })) as Follower[];
  }
}

export class Blocks {
  constructor(private readonly connection: Call) {}

  /** Keep somebody away: follows end, and they do not enter the user's rooms, follow, mention or invite the user. */
  async add(userId: string): Promise<void> {
    await this.connection.call('blocks/add', { targetId: userId });
  }

  async remove(userId: string): Promise<void> {
    await this.connection.call('blocks/remove', { targetId: userId });
  }

  /** Whom the user has blocked, the newest first. */
  async list(wanted: ListWanted = {}): Promise<BlockedUser[]> {
    return (await this.connection.call('blocks/list', { limit: LISTED, ...wanted })) as BlockedUser[];
  }
}
