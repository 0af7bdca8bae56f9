/** A user who is signed in: calls, rooms, what is sent to them, and the end. */

import { Closed, type Connection, type ConnectionStatus } from '../connection/connection.js';
import { Observable, type Stop } from '../events.js';
import { Room } from '../room/room.js';
import type { EnterOptions } from '../room/membership.js';
import type { Data, Method, Params, User, UserEvent } from '../types.js';
import { Blocks, Follows } from './follows.js';
import { Recordings } from './recordings.js';
import { Reminders } from './reminders.js';
import { Rooms } from './rooms.js';
import type { SignedInUser } from './storage.js';
import type { SessionToken } from './token.js';
import { upload, type UploadedFile, type UploadOptions, type UploadPurpose } from './upload.js';
import { Wallet } from './wallet.js';

/** `expired`: or ended by somebody else. `refused`: another device of the user is connected, and stays. */
export type SessionEnd = 'signed_out' | 'expired' | 'replaced' | 'refused' | 'banned' | 'deleted';

export interface SessionState {
  readonly user: SignedInUser;
  readonly status: ConnectionStatus;
  /** Why the session is over; null while it is not. */
  readonly ended: SessionEnd | null;
}

/** Those with a dot are the events of docs/events.md, the others the client's own. */
export type SessionEvents = {
  status: ConnectionStatus;
  /** The token was renewed: calls with the old one go on until that expires. */
  token: string;
  /** `enter` has entered a room. */
  entered: Room;
  end: SessionEnd;
  /** Over, or disconnected by `close` (null). */
  closed: SessionEnd | null;
} & { [Event in UserEvent as Event['type']]: Event };

export interface SessionNeeds {
  readonly token: SessionToken;
  readonly connection: Connection;
  /** Where the service is, ending in a slash. */
  readonly root: string;
  /** How files are sent. */
  readonly send: typeof fetch;
  /** Sign out at the service, which works without a connection too. */
  signOut(token: string): Promise<unknown>;
  /** The session is over, or closed. */
  over(why: SessionEnd | null): void;
}

const ENDS: Readonly<Record<number, SessionEnd>> = {
  [Closed.BANNED]: 'banned',
  [Closed.REPLACED]: 'replaced',
  [Closed.ANOTHER_DEVICE]: 'refused',
};
const REASONS: Readonly<Record<string, SessionEnd>> = {
  logout: 'signed_out',
  replaced: 'replaced',
  banned: 'banned',
  deleted: 'deleted',
};

export class Session extends Observable<SessionState, SessionEvents> {
  /** Room lists, and rooms by their ids. */
  readonly rooms: Rooms;
  /** Whom the user follows, and who follows them. */
  readonly follow: Follows;
  readonly blocks: Blocks;
  /** Broadcasts that are to come. */
  readonly reminders: Reminders;
  /** Of broadcasts: the user's own, and watching those of others. */
  readonly recordings: Recordings;
  /** What the user has. */
  readonly wallet: Wallet;
  private readonly entered = new Map<string, Room>();
  private readonly entering = new Map<string, Promise<Room>>();
  private readonly stops: Stop[];
  private over = false;

  constructor(private readonly needs: SessionNeeds) {
    const { userId, name, avatar, visitor, tenant } = needs.token.current;
    super({ user: { userId, name, avatar, visitor }, status: 'connecting', ended: null });
    this.rooms = new Rooms(this, needs.connection, tenant);
    this.follow = new Follows(needs.connection);
    this.blocks = new Blocks(needs.connection);
    this.reminders = new Reminders(needs.connection);
    this.recordings = new Recordings(needs.connection);
    this.wallet = new Wallet(this);
    this.stops = [
      needs.connection.onStatus((status, code) => {
        this.turn(status, code);
      }),
      needs.connection.onUserEvent((event) => {
        this.hear(event as UserEvent);
      }),
    ];
  }

  get user(): SignedInUser {
    return this.state.user;
  }

  get status(): ConnectionStatus {
    return this.state.status;
  }

  /** The token as it is now; it is renewed from time to time. */
  get token(): string {
    return this.needs.token.current.token;
  }

  /**
   * Call a method of docs/api.md, such as `rooms/room_detail`.
   *
   * Throws `RefusedError`, or `NetworkError` where no answer came. Nothing is repeated by itself.
   */
  async call<M extends Method>(method: M, params?: Params<M>): Promise<Data<M>> {
    return (await this.needs.connection.call(method, params ?? {})) as Data<M>;
  }

  /**
   * Enter a room and follow it: as its host if it is the user's own, else as audience, unless `role` says otherwise.
   *
   * Throws `PasswordError`, `NotFoundError`, `BannedError` and others of `RefusedError` where the user is not let in.
   * A room that is entered already is returned as it is.
   */
  async enter(roomId: string, options: EnterOptions = {}): Promise<Room> {
    options.signal?.throwIfAborted();
    return this.entered.get(roomId) ?? this.entering.get(roomId) ?? this.begin(roomId, options);
  }

  /** Return a room that this session is in. */
  room(roomId: string): Room | undefined {
    return this.entered.get(roomId);
  }

  /** Return what others see of these users; unknown ones are left out. At most 50 at a time. */
  async users(userIds: readonly string[]): Promise<User[]> {
    return (await this.needs.connection.call('getUserInfoBatch', { userId: userIds.join('|') })) as User[];
  }

  /**
   * Upload a picture (JPEG, PNG, WebP) for others to see; return its address and size as it is published.
   *
   * Use the address as `avatar` in `update`, or as `cover` of a room: what nothing shows is removed after a day.
   */
  async upload(file: Blob, purpose: UploadPurpose, options: UploadOptions = {}): Promise<UploadedFile> {
    const { root, send } = this.needs;
    return upload({ call: async (method, params) => this.call(method, params), root, send }, file, purpose, options);
  }

  /** Change the user's name or picture. */
  async update(changes: { name?: string; avatar?: string }): Promise<void> {
    await this.call('auth_users/user_update', changes);
    this.needs.token.update(changes);
    this.note(changes);
  }

  /** Make a visitor a guest like any other, who keeps the account and gets this name; empty: keeps the name too. */
  async settle(name = ''): Promise<void> {
    if (name !== '' && name !== this.user.name) await this.update({ name });
    this.needs.token.update({ visitor: false });
    this.note({ visitor: false });
  }

  /** Take what another tab says of this user. */
  adopt({ name, avatar, visitor }: SignedInUser): void {
    this.needs.token.note({ name, avatar, visitor });
    this.note({ name, avatar, visitor });
  }

  /** End the session here and at the service. Throws where the service does not hear of it; here it is over anyway. */
  async signOut(): Promise<void> {
    const { token } = this;
    this.finish('signed_out');
    await this.needs.signOut(token);
  }

  /** Disconnect and keep the login: the next program or tab goes on with it. */
  close(): void {
    if (!this.over) this.release(null);
  }

  /** Say that there is a new token. */
  renewed(token: string): void {
    this.needs.connection.refresh();
    this.emit('token', token);
  }

  /** End the session here, because it has ended at the service. */
  finish(why: SessionEnd): void {
    if (this.over) return;
    this.release(why);
    this.become({ ...this.state, status: 'closed', ended: why });
    this.emit('status', 'closed');
    this.emit('end', why);
  }

  private async begin(roomId: string, options: EnterOptions): Promise<Room> {
    const { connection } = this.needs;
    const entering = Room.enter({ user: this.user, connection, roomId, options, session: this });
    this.entering.set(roomId, entering);
    const forget = () => {
      if (this.entering.get(roomId) === entering) this.entering.delete(roomId);
    };
    // Whoever enters right after that begins anew.
    options.signal?.addEventListener('abort', forget);
    try {
      const room = await entering;
      this.entered.set(roomId, room);
      room.on('end', () => this.entered.delete(roomId));
      this.emit('entered', room);
      return room;
    } finally {
      options.signal?.removeEventListener('abort', forget);
      forget();
    }
  }

  private note(changes: Partial<SignedInUser>): void {
    this.become({ ...this.state, user: { ...this.user, ...changes } });
  }

  private turn(status: ConnectionStatus, code: number): void {
    if (this.over) return;
    if (status === 'closed') {
      this.finish(ENDS[code] ?? 'expired');
      return;
    }
    this.become({ ...this.state, status });
    this.emit('status', status);
  }

  private hear(event: UserEvent): void {
    this.emit(event.type, event);
    if (event.type === 'user.signed_out') this.finish(REASONS[event.reason] ?? 'expired');
  }

  private release(why: SessionEnd | null): void {
    this.over = true;
    for (const stop of this.stops) stop();
    this.needs.token.stop();
    for (const room of [...this.entered.values()]) room.close();
    this.entered.clear();
    this.needs.connection.close();
    this.emit('closed', why);
    this.needs.over(why);
  }
}
