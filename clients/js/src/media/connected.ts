/** What is shown in the rooms that a room is connected with: one receiving media for each, beside the room's own. */

import type { Connection } from '../connection/connection.js';
import type { Member, RoomConnection } from '../types.js';
import type { Adapters, Credential, Media, Remote } from './media.js';
import { openMedia } from './open.js';

interface Entry {
  readonly roomId: string;
  readonly userId: string;
  readonly credential: Credential;
}

interface Other {
  readonly userId: string;
  media: Media | null;
  remotes: readonly Remote[];
}

export interface ConnectedNeeds {
  readonly connection: Pick<Connection, 'call'>;
  readonly roomId: string;
  readonly me: string;
  readonly adapters: Adapters;
  /** What the other rooms' owners show. */
  remotes(remotes: readonly Remote[]): void;
}

/** Owners who show nothing do not answer: they are asked again, as long as nothing of theirs has come. */
const ASK_AGAIN_MS = 3000;

export class ConnectedRooms {
  private readonly others = new Map<string, Other>();
  private readonly timer: ReturnType<typeof setInterval>;
  private turn = Promise.resolve();
  private wanted: RoomConnection | null = null;
  private isClosed = false;

  constructor(private readonly needs: ConnectedNeeds) {
    this.timer = setInterval(() => {
      for (const { media, remotes } of this.others.values()) if (remotes.length === 0) media?.refresh?.();
      this.follow(this.wanted);
    }, ASK_AGAIN_MS);
  }

  /** Follow what the room is connected with; one change after the other, and of several at once the last. */
  follow(connection: RoomConnection | null): void {
    this.wanted = connection;
    this.turn = this.turn.then(() => this.keepUp(connection)).catch(ignore);
  }

  /** A signal about the media of another room. */
  hear(roomId: string, from: string, payload: unknown): void {
    const other = this.others.get(roomId);
    if (other?.userId === from) other.media?.hear?.(from, payload);
  }

  /** The session is connected again: what was said meanwhile may be lost. */
  refresh(): void {
    for (const { media } of this.others.values()) media?.refresh?.();
  }

  close(): void {
    this.isClosed = true;
    clearInterval(this.timer);
    for (const roomId of [...this.others.keys()]) this.drop(roomId);
  }

  private async keepUp(connection: RoomConnection | null): Promise<void> {
    if (this.isClosed || connection !== this.wanted) return;
    const rooms = new Map((connection?.rooms ?? []).map(({ roomId, userId }) => [roomId, userId]));
    rooms.delete(this.needs.roomId);
    for (const [roomId, { userId }] of this.others) if (rooms.get(roomId) !== userId) this.drop(roomId);
    if ([...rooms.keys()].every((roomId) => this.others.has(roomId))) return;
    const found = (await this.needs.connection.call('rtc/connected', { roomId: this.needs.roomId })) as Entry[];
    for (const entry of found) if (rooms.get(entry.roomId) === entry.userId) await this.open(entry);
  }

  private async open(entry: Entry): Promise<void> {
    if (this.isClosed || this.others.has(entry.roomId)) return;
    const other: Other = { userId: entry.userId, media: null, remotes: [] };
    this.others.set(entry.roomId, other);
    try {
      await this.join(entry, other);
    } catch (problem) {
      if (this.others.get(entry.roomId) === other) this.drop(entry.roomId);
      throw problem;
    }
  }

  private async join(entry: Entry, other: Other): Promise<void> {
    const { media } = await openMedia(this.needs.adapters, {
      me: this.needs.me,
      roomId: entry.roomId,
      credential: this.credentials(entry),
      publishes: () => false,
      signal: async (to, payload) => {
        await this.needs.connection.call('rtc/signal', { roomId: entry.roomId, to, payload });
      },
      events: {
        remotes: (remotes) => {
          other.remotes = remotes.filter(({ userId }) => userId === entry.userId);
          this.tell();
        },
        trouble: ignore,
        reach: ignore,
      },
    });
    await media.join();
    if (this.others.get(entry.roomId) !== other) {
      media.close();
      return;
    }
    other.media = media;
    const owner: Member = { userId: entry.userId, name: '', avatar: '', role: 'anchor' };
    media.members?.({ members: [owner], publishers: new Set([entry.userId]), complete: true });
  }

  /** The one that came along, and fresh ones after it. */
  private credentials({ roomId, credential }: Entry): () => Promise<Credential> {
    let held: Credential | null = credential;
    return async () => {
      const first = held;
      held = null;
      if (first) return first;
      const all = (await this.needs.connection.call('rtc/connected', { roomId: this.needs.roomId })) as Entry[];
      return all.find((entry) => entry.roomId === roomId)?.credential ?? credential;
    };
  }

  private drop(roomId: string): void {
    const other = this.others.get(roomId);
    this.others.delete(roomId);
    other?.media?.close();
    if (other && other.remotes.length > 0) this.tell();
  }

  private tell(): void {
    this.needs.remotes([...this.others.values()].flatMap(({ remotes }) => remotes));
  }
}

/** Whoever cannot be received now is tried again soon; the rest goes on. */
function ignore(): undefined {
  return undefined;
}
