/** A room's pictures and sound: joined once, then kept in step with who is there and with what this user may show. */

import { LiveroomError } from '../errors.js';
import { Observable, type Stop } from '../events.js';
import type { Room } from '../room/room.js';
import type { RoomState } from '../room/state.js';
import { isHost, publishersOf } from '../room/view.js';
import { ConnectedRooms } from './connected.js';
import type { Adapters, Arrived, Credential, Media, Provider, Reach, Remote, Trouble } from './media.js';
import { openMedia } from './open.js';

export interface MediaState {
  readonly remotes: readonly Remote[];
  /** What the owners of connected rooms show. */
  readonly connected: readonly Remote[];
  readonly trouble: Trouble | null;
  /** To how many a mesh sends. */
  readonly reach: Reach;
  /** Null until the service has said who carries the media. */
  readonly provider: Provider | null;
  /** Why joining has failed: what the service says; providers' failures are in `trouble`. */
  readonly failure: LiveroomError | null;
}

interface Signal {
  readonly type: string;
  readonly roomId?: string;
  readonly fromUserId?: string;
  readonly payload?: unknown;
}

/** Vendors' sentences are long. */
const DETAIL_MAX = 200;
const NOTHING: MediaState = {
  remotes: [],
  connected: [],
  trouble: null,
  reach: { connected: 0, unreachable: 0 },
  provider: null,
  failure: null,
};

export class RoomMedia extends Observable<MediaState> {
  private media: Media | null = null;
  private readonly connected: ConnectedRooms;
  private wanted: MediaStream | null = null;
  private turn = Promise.resolve();
  private attempt = 0;
  private shown: RoomState;
  private readonly stops: Stop[];

  /** `join` begins; `close` ends. */
  constructor(
    private readonly room: Room,
    private readonly adapters: Adapters,
  ) {
    super(NOTHING);
    this.shown = room.state;
    const { connection } = room;
    this.connected = new ConnectedRooms({
      connection,
      roomId: room.roomId,
      me: this.shown.me.userId,
      adapters,
      remotes: (connected) => {
        this.become({ ...this.state, connected });
      },
    });
    this.stops = [
      connection.onUserEvent(({ type, roomId, fromUserId, payload }: Signal) => {
        if (type !== 'rtc.signal' || !roomId || !fromUserId) return;
        if (roomId === room.roomId) this.media?.hear?.(fromUserId, payload);
        else this.connected.hear(roomId, fromUserId, payload);
      }),
      connection.onStatus((status) => {
        if (status !== 'connected') return;
        this.media?.refresh?.();
        this.connected.refresh();
      }),
      room.subscribe((state) => {
        this.see(state);
      }),
    ];
  }

  /** Say whether this user may show something: as a host, or on a seat. */
  get mayPublish(): boolean {
    return mayPublish(this.shown);
  }

  /** Join, or join again. What goes wrong is in the state. */
  async join(): Promise<void> {
    this.leave();
    const mine = this.attempt;
    const { roomId, connection } = this.room;
    try {
      const { media, provider } = await openMedia(this.adapters, {
        me: this.shown.me.userId,
        roomId,
        credential: async () => (await connection.call('rtc/credential', { roomId })) as Credential,
        publishes: () => this.mayPublish,
        signal: async (to, payload) => {
          await connection.call('rtc/signal', { roomId, to, payload });
        },
        events: {
          remotes: (remotes) => {
            this.tell(mine, { remotes });
          },
          trouble: (trouble) => {
            this.tell(mine, { trouble });
          },
          reach: (reach) => {
            this.tell(mine, { reach });
          },
        },
      });
      this.tell(mine, { provider });
      if (provider === 'mesh' && connection.isPolling) {
        media.close();
        this.tell(mine, { trouble: { kind: 'no_socket' } });
        return;
      }
      await media.join();
      if (mine === this.attempt) this.take(media);
      else media.close();
    } catch (problem) {
      if (mine === this.attempt) this.report(problem);
    }
  }

  /** Show a stream to everybody, in place of the former; null: nothing. It is sent as soon as and as long as one may. */
  publish(stream: MediaStream | null): void {
    this.wanted = stream;
    this.plan(false);
  }

  /** Say how what others show arrives; of providers that cannot tell, nothing. */
  async measure(): Promise<readonly Arrived[]> {
    return (await this.media?.measure?.()) ?? [];
  }

  close(): void {
    for (const stop of this.stops) stop();
    this.connected.close();
    this.leave();
  }

  private take(media: Media): void {
    this.media = media;
    this.tellMembers();
    this.connected.follow(this.shown.connection);
    this.plan(false);
  }

  private leave(): void {
    this.attempt += 1;
    this.media?.close();
    this.media = null;
    const { provider, connected } = this.state;
    this.become({ ...NOTHING, provider, connected });
  }

  private see(state: RoomState): void {
    const former = this.shown;
    this.shown = state;
    const { members, seats, total } = state;
    const { connection } = state;
    if (former.connection !== connection && this.media) this.connected.follow(connection);
    const isOther = former.members !== members || former.seats !== seats || former.total !== total;
    if (isOther || former.connection !== connection) this.tellMembers();
    if (mayPublish(former) !== mayPublish(state)) this.plan(true);
  }

  private tellMembers(): void {
    const { members, total, connection } = this.shown;
    const publishers = publishersOf(this.shown);
    this.media?.members?.({ members: [...members.values()], publishers, complete: total <= members.size, guests: connection !== null });
  }

  /** One change after the other: a seat that is taken is made known to the provider before it is used. */
  private plan(renewed: boolean): void {
    const { media } = this;
    if (media) this.turn = this.turn.then(() => this.show(media, renewed));
  }

  private async show(media: Media, renewed: boolean): Promise<void> {
    if (media !== this.media) return;
    try {
      if (!this.mayPublish) await media.withdraw();
      if (renewed) await media.renew?.();
      if (!this.mayPublish) return;
      await (this.wanted ? media.publish(this.wanted) : media.withdraw());
    } catch (problem) {
      if (media === this.media) this.report(problem);
    }
  }

  private tell(attempt: number, changes: Partial<MediaState>): void {
    if (attempt === this.attempt) this.become({ ...this.state, ...changes });
  }

  /** The service's refusals have words of their own; all else is the provider's. */
  private report(problem: unknown): void {
    const trouble = { kind: 'provider', detail: firstLine(problem) } as const;
    this.become({ ...this.state, ...(problem instanceof LiveroomError ? { failure: problem } : { trouble }) });
  }
}

function mayPublish({ me }: RoomState): boolean {
  return isHost(me) || me.seat !== null;
}

function firstLine(problem: unknown): string {
  const text = problem instanceof Error ? problem.message : String(problem);
  return text.split('\n')[0]?.slice(0, DETAIL_MAX) ?? '';
}
