/** A room that a user is in: its state, what happens in it, and what may be done. */

import type { Connection } from '../connection/connection.js';
import { isTransient, LiveroomError } from '../errors.js';
import type { Stop } from '../events.js';
import { freshId } from '../ids.js';
import type { Member, Message, RoomEventOf, RoomInfo, User } from '../types.js';
import { RoomActivities } from './activities.js';
import { RoomSongs } from './songs.js';
import { appointedAmong, isConcerned } from './appointed.js';
import { anyCall, type BattleCalls, type ConnectionCalls, type MessageCalls, type ModerationCalls, RoomCalls, roomCall, type SeatCalls, type StreamCalls } from './calls.js';
import { RoomEnvelopes } from './envelopes.js';
import { RoomGifts } from './gifts.js';
import { Likes } from './likes.js';
import { type EnterOptions, Membership, type RoomEnd, RoomOverError } from './membership.js';
import { withMessages } from './messages.js';
import { may, type Rank, rankOf, type Right } from './ranks.js';
import { RoomQuestions } from './questions.js';
import { RoomRecordings } from './recordings.js';
import type { RoomState } from './state.js';
import { firstState, RoomStore } from './store.js';
import type { RoomView } from './view.js';

export type { RoomEvents } from './store.js';

export interface SendOptions {
  /** JSON for the other apps, at most 2 KB. */
  readonly data?: object;
  readonly type?: 'text' | 'custom';
  readonly priority?: 'low' | 'normal' | 'high';
  /** The message that this one answers. */
  readonly replyTo?: string;
  /** User ids, at most ten. */
  readonly mentions?: readonly string[];
  /** A picture that the user has uploaded for it: `session.upload(file, 'message_picture')`. `pictureOf` reads it. */
  readonly uploadId?: string;
  /** The same key again says the same message again: it appears once. */
  readonly key?: string;
}

interface RoomNeeds {
  readonly user: User;
  /** Says when it is over. */
  readonly session: { on(type: 'closed', handler: () => void): Stop };
  readonly connection: Connection;
  readonly roomId: string;
  readonly options: EnterOptions;
}

/** Pauses between attempts of what may be repeated. */
const RETRY_MS = [500, 1500];

export class Room extends RoomStore {
  readonly battles: BattleCalls;
  readonly connections: ConnectionCalls;
  readonly gifts: RoomGifts;
  readonly envelopes: RoomEnvelopes;
  readonly activities: RoomActivities;
  readonly questions: RoomQuestions;
  readonly recordings: RoomRecordings;
  readonly songs: RoomSongs;
  readonly seats: SeatCalls;
  readonly streams: StreamCalls;
  readonly messages: MessageCalls;
  readonly moderation: ModerationCalls;
  readonly options: RoomCalls['options'];
  readonly setOptions: RoomCalls['setOptions'];
  readonly setRole: RoomCalls['setRole'];
  readonly roles: RoomCalls['roles'];
  readonly transfer: RoomCalls['transfer'];
  readonly invite: RoomCalls['invite'];
  /** Call any method for this room, such as `rooms/metadata`. */
  readonly call: RoomCalls['call'];
  private readonly likes: Likes;

  private constructor(
    readonly connection: Connection,
    first: RoomState,
    private readonly membership: Membership,
  ) {
    super(first);
    const calls = new RoomCalls(roomCall(connection, first.room.roomId));
    ({ battles: this.battles, connections: this.connections, streams: this.streams } = calls);
    ({ seats: this.seats, messages: this.messages, moderation: this.moderation } = calls);
    ({ options: this.options, setOptions: this.setOptions, setRole: this.setRole } = calls);
    ({ roles: this.roles, transfer: this.transfer, invite: this.invite, call: this.call } = calls);
    this.gifts = new RoomGifts(this.call);
    this.envelopes = new RoomEnvelopes(this.call, anyCall(connection));
    this.activities = new RoomActivities(this.call, anyCall(connection));
    this.questions = new RoomQuestions(this.call, anyCall(connection));
    this.recordings = new RoomRecordings(this.call, anyCall(connection));
    this.songs = new RoomSongs(this.call, () => this.state.activities, () => this.serviceTime());
    this.likes = new Likes({
      send: async (count, batchId) => (await this.call('rooms/like', { count, batchId })).likes,
      shown: (likes) => {
        if (likes !== this.state.likes) this.change({ likes });
      },
      refused: (failure) => {
        this.emit('likes_refused', failure);
      },
    });
    this.likes.begin(first.room.star);
  }

  /** Enter a room; the promise holds it as soon as its state is there. */
  static async enter({ user, session, connection, roomId, options }: RoomNeeds): Promise<Room> {
    return new Promise((resolve, reject) => {
      let room: Room | undefined;
      let role = '';
      const membership: Membership = new Membership({
        connection,
        roomId,
        me: user.userId,
        options,
        watcher: {
          role: (now) => {
            role = now;
            room?.takeRole(now);
          },
          view: (view, events) => room?.hear(view, events),
          refreshed: (view) => {
            if (room) room.refresh(view);
            else resolve((room = Room.first(connection, membership, view, user, role)));
            options.signal?.removeEventListener('abort', giveUp);
          },
          reentering: () => room?.change({ status: 'reentering' }),
          ended: (end) => {
            stop();
            room?.finish(end);
            reject(new RoomOverError(end));
          },
        },
      });
      const stop = session.on('closed', () => {
        membership.finish({ reason: 'signed_out', detail: '' });
      });
      const giveUp = () => {
        membership.finish({ reason: 'left', detail: '' });
      };
      options.signal?.addEventListener('abort', giveUp, { once: true });
      membership.enter().catch((failure: unknown) => {
        stop();
        membership.stop();
        reject(failure instanceof Error ? failure : new LiveroomError(String(failure)));
      });
    });
  }

  private static first(
    connection: Connection,
    membership: Membership,
    view: RoomView,
    user: User,
    role: string,
  ): Room {
    const room = new Room(connection, firstState(view, user, role), membership);
    room.load();
    room.releaseSoon();
    return room;
  }

  /** Say whether this user may do something; the service decides. */
  may(right: Right): boolean {
    return may(this.state.me.rank, right);
  }

  /** Return the rank of a member. */
  rankOf(userId: string): Rank {
    const { members, room, appointed } = this.state;
    return rankOf(members.get(userId)?.role ?? '', { owns: room.ownBy === userId, appointed: appointed.has(userId) });
  }

  /**
   * Send a message. What gets no answer is sent again with the same key, and so appears once.
   *
   * Throws `MutedError`, `RateLimitedError` (with the seconds to wait), `ContentError` and others.
   */
  async send(text: string, { key = freshId(), ...options }: SendOptions = {}): Promise<Message> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const sent = (await this.connection.call('messages/send', { roomId: this.roomId, text, ...options, key })) as Message;
        this.change({ messages: withMessages(this.state.messages, [sent]) });
        return sent;
      } catch (failure) {
        const pause = RETRY_MS[attempt];
        if (!isTransient(failure) || pause === undefined || this.state.end) throw failure;
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }

  /** Like the show: counted at once, sent together with other likes of the next second. */
  like(): void {
    if (this.state.end === null) this.likes.tap();
  }

  /** Return members page by page: of a crowd, `state.members` has only some. */
  async listMembers({ offset = 0, limit = 100 } = {}): Promise<Member[]> {
    return (await this.call('rooms/list_users', { offset, limit })) as Member[];
  }

  /** Change the room's texts. */
  async update(changes: Partial<Pick<RoomInfo, 'title' | 'cover' | 'subject' | 'description' | 'category'>>): Promise<void> {
    const room: RoomInfo = await this.call('rooms/update_room', changes);
    const { title, cover, subject, description, category } = room;
    const fields = { title, cover, subject, description, category };
    this.membership.change((view) => ({ ...view, room: { ...view.room, ...fields } }));
  }

  /** Leave, so that everybody sees it at once. A room that one is not in any more is left already. */
  async leave(): Promise<void> {
    if (this.state.end) return;
    this.membership.finish({ reason: 'left', detail: '' });
    await this.call('rooms/leave_room');
  }

  /** End the show, for everybody. */
  async end(): Promise<void> {
    await this.call('rooms/destroy_room');
  }

  /** Follow nothing any more, without leaving: the place ends by itself, or another tab goes on with it (`moved`). */
  close(reason: 'signed_out' | 'moved' = 'signed_out'): void {
    this.membership.finish({ reason, detail: '' });
  }

  protected override likedBy(event: RoomEventOf<'room.likes'>): void {
    const others = this.likes.hear(event.data.likes, event.data.added);
    if (others > 0) this.emit('likes', others);
  }

  private refresh(view: RoomView): void {
    this.change({ ...view, status: 'inside' });
    this.likes.begin(view.room.star);
    this.emit('refreshed', this.state);
    this.load();
  }

  private takeRole(role: string): void {
    const concerned = isConcerned(this.state.me.role);
    this.change({ me: { ...this.state.me, role } });
    if (!concerned && isConcerned(role)) this.loadAppointed();
  }

  private finish(end: RoomEnd): void {
    this.likes.close();
    this.gifts.close();
    this.over(end);
  }

  private load(): void {
    this.messages
      .history()
      .then((messages) => {
        this.change({ messages: withMessages(this.state.messages, messages) });
      })
      .catch(ignore);
    if (isConcerned(this.state.me.role)) this.loadAppointed();
  }

  private loadAppointed(): void {
    this.roles()
      .then((holders) => {
        this.change({ appointed: appointedAmong(holders) });
      })
      .catch(ignore);
  }
}

/** What is missing is asked for again with the next fresh state. */
function ignore(): undefined {
  return undefined;
}
