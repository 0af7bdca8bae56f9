/**
 * A user's place in one room: entering, following what happens, coming back after a cut, and the end.
 *
 * Subscribing is not entering: the membership begins with a call, and when the service has given it up meanwhile (a cut
 * of more than 20 s) the user is entered again by itself.
 */

import { ChannelEnd, type Connection } from '../connection/connection.js';
import { Code, isRefused, isTransient, LiveroomError } from '../errors.js';
import type { Stop } from '../events.js';
import type { ChannelState, Entered, Removal, RoomEvent, RoomInfo, RoomNews } from '../types.js';
import { freshEvents, type RoomView, viewAfter, viewFrom } from './view.js';

/**
 * Why a room is over for this user.
 *
 * `closed`: the broadcast has ended; `detail` is the reason of `room.closed`. `left`: by `leave`. `moved`: the user has
 * entered another room, or this one in another tab. `kicked`, `banned`: by a moderator. `removed`: for a reason that
 * nobody has told. `missing`, `full`, `refused`, `failed`: entering again after a cut was not possible. `signed_out`: the
 * session is over.
 */
export type EndReason =
  | 'closed'
  | 'left'
  | 'moved'
  | 'kicked'
  | 'banned'
  | 'removed'
  | 'missing'
  | 'full'
  | 'refused'
  | 'failed'
  | 'signed_out';

export interface RoomEnd {
  readonly reason: EndReason;
  /** The reason of the closing, or the service's sentence; may be empty. */
  readonly detail: string;
  /** What the user was told of a removal. */
  readonly removal?: Removal;
}

export interface EnterOptions {
  /** `anchor` as a host, `audience` to watch; any other text is a label. By default a host in one's own room only. */
  readonly role?: string;
  readonly password?: string;
  /** From the link of a private room. */
  readonly linkKey?: string;
  /** Of the room that is opened by this. */
  readonly title?: string;
  readonly category?: string;
  /** Ends the entering as long as it lasts; what `enter` has returned is left or closed instead. */
  readonly signal?: AbortSignal;
}

/** The room was over before its first state had come. */
export class RoomOverError extends LiveroomError {
  override readonly name = 'RoomOverError';

  constructor(readonly end: RoomEnd) {
    super(`the room was over before it was entered: ${end.reason}`);
  }
}

export interface MembershipWatcher {
  role(role: string): void;
  view(view: RoomView, events: readonly RoomEvent[]): void;
  /** A state in place of everything known. */
  refreshed(view: RoomView): void;
  /** The place is lost, and the user is entering again. */
  reentering(): void;
  ended(end: RoomEnd): void;
}

export interface MembershipNeeds {
  readonly connection: Connection;
  readonly roomId: string;
  readonly me: string;
  readonly options: EnterOptions;
  readonly watcher: MembershipWatcher;
  /** Milliseconds from any beginning. */
  readonly now?: () => number;
}

const NOT_LET_IN: ReadonlySet<number> = new Set([ChannelEnd.NO_SUCH_ROOM, ChannelEnd.NOT_A_MEMBER]);
/** A place that is lost again so soon is not worth another attempt. */
const PATIENCE_MS = 5000;
/** Why a place was taken away is told beside the channel's end, and may come after it. */
const EXPLANATION_MS = 400;
const RETRY_MS = [500, 1000, 2000, 4000, 8000, 15_000];
const REASONS: ReadonlyMap<number, EndReason> = new Map([
  [Code.ROOM_NOT_EXISTS, 'missing'],
  [Code.ROOM_FULL, 'full'],
  [Code.USER_BANNED, 'banned'],
  [Code.PERMISSION_DENIED, 'refused'],
]);

export class Membership {
  private unfollow: Stop | undefined;
  private readonly unhear: Stop;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private view: RoomView | undefined;
  private enteredAt = 0;
  private attempts = 0;
  private isEnding = false;
  private over = false;
  private readonly now: () => number;
  /** The room, and the key of the link by which the user comes. */
  private readonly named: Record<string, string>;

  constructor(private readonly needs: MembershipNeeds) {
    const { connection, roomId, options, now = () => performance.now() } = needs;
    this.now = now;
    this.named = { roomId, ...(options.linkKey ? { linkKey: options.linkKey } : {}) };
    this.unhear = connection.onUserEvent((event: { type: string; data?: Removal }) => {
      if (event.type === 'user.removed' && event.data && ['', roomId].includes(event.data.roomId)) {
        this.expel(event.data);
      }
    });
  }

  /** Enter and begin to follow. Throws where the user is not let in. */
  async enter(): Promise<void> {
    const { title, category } = this.needs.options;
    await this.attempt({ ...(title === undefined ? {} : { title }), ...(category === undefined ? {} : { category }) });
  }

  /** Follow nothing any more; the membership ends by itself. */
  stop(): void {
    this.over = true;
    clearTimeout(this.timer);
    this.unhear();
    this.unfollow?.();
  }

  /** Take something as the channel would tell it: the answer of a call that changed the room. */
  change(changed: (view: RoomView) => RoomView): void {
    if (!this.view || this.over) return;
    this.view = changed(this.view);
    this.needs.watcher.view(this.view, []);
  }

  finish(end: RoomEnd): void {
    if (this.over) return;
    this.stop();
    this.needs.watcher.ended(end);
  }

  private async attempt(more: object): Promise<void> {
    const { role = (await this.owns()) ? 'anchor' : 'audience', password = '' } = this.needs.options;
    if (!this.over) await this.ask({ role, ...(password === '' ? {} : { password }), ...more });
  }

  private async ask(what: object): Promise<void> {
    const { connection, watcher } = this.needs;
    const asked = { ...this.named, ...what };
    const entered = (await connection.call('rooms/enter_room', asked)) as Entered;
    if (this.over) return;
    this.enteredAt = this.now();
    watcher.role(entered.role);
    this.follow();
  }

  /** Say whether the room is the user's, and none whose broadcast is to begin later: that waits until they say so. */
  private async owns(): Promise<boolean> {
    const { connection, me } = this.needs;
    try {
      const room = (await connection.call('rooms/room_detail', this.named)) as RoomInfo & { startUtc?: string };
      return room.ownBy === me && room.startUtc === undefined;
    } catch (failure) {
      if (isRefused(failure, Code.ROOM_NOT_EXISTS)) return false;
      throw failure;
    }
  }

  private follow(): void {
    this.unfollow?.();
    this.unfollow = this.needs.connection.follow<ChannelState, RoomNews>(`room:${this.needs.roomId}`, {
      state: (state) => {
        this.view = viewFrom(state);
        this.needs.watcher.refreshed(this.view);
      },
      news: (news) => {
        this.hear(news);
      },
      ended: (code) => {
        this.lose(code);
      },
    });
  }

  private hear(news: RoomNews): void {
    if (!this.view || this.over) return;
    const events = freshEvents(this.view, news);
    if (events.length === 0) return;
    this.view = viewAfter(this.view, events);
    this.needs.watcher.view(this.view, events);
    if (this.view.closed !== null) this.finish({ reason: 'closed', detail: this.view.closed });
    for (const event of events) this.heed(event);
  }

  /** What happens to this user. */
  private heed(event: RoomEvent): void {
    if (this.over || !('userId' in event) || event.userId !== this.needs.me) return;
    if (event.type === 'member.role_changed') this.needs.watcher.role(event.role);
    if (event.type !== 'member.left') return;
    if (event.reason === 'elsewhere') this.finish({ reason: 'moved', detail: '' });
    // Why somebody was removed is told to them as well, and says more.
    if (event.reason === 'kicked') this.endSoon('kicked');
  }

  private expel(removal: Removal): void {
    const reason = removal.reason === 'banned' ? 'banned' : 'kicked';
    this.finish({ reason, detail: '', removal });
  }

  private lose(code: number): void {
    if (this.over || this.isEnding) return;
    if (code === ChannelEnd.ROOM_CLOSED) this.finish({ reason: 'closed', detail: '' });
    else if (code === ChannelEnd.PUT_OUT) this.finish({ reason: 'removed', detail: '' });
    else if (code !== ChannelEnd.REMOVED && !NOT_LET_IN.has(code)) this.finish({ reason: 'failed', detail: String(code) });
    else if (this.now() - this.enteredAt < PATIENCE_MS) this.endSoon(code === ChannelEnd.NO_SUCH_ROOM ? 'closed' : 'removed');
    else this.later(this.reenter, NOT_LET_IN.has(code) ? 0 : EXPLANATION_MS);
  }

  private readonly reenter = async (): Promise<void> => {
    this.needs.watcher.reentering();
    try {
      await this.attempt({});
      this.attempts = 0;
    } catch (failure) {
      if (this.over) return;
      if (!isTransient(failure)) {
        this.finish(endOf(failure));
        return;
      }
      this.later(this.reenter, RETRY_MS[Math.min(this.attempts, RETRY_MS.length - 1)] ?? 0);
      this.attempts += 1;
    }
  };

  /** End when whoever knows more has had the time to say it. */
  private endSoon(reason: EndReason): void {
    this.isEnding = true;
    this.later(() => {
      this.finish({ reason, detail: '' });
    }, EXPLANATION_MS);
  }

  private later(work: () => unknown, ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (!this.over) work();
    }, ms);
  }
}

/** Return what it means for somebody who was in the room that they are not let in again. */
function endOf(failure: unknown): RoomEnd {
  const reason = reasonOf(failure);
  return { reason: reason === 'missing' ? 'closed' : reason, detail: isRefused(failure) ? failure.message : '' };
}

/** Return why somebody is not let in: `session.enter` has thrown this failure. */
export function reasonOf(failure: unknown): EndReason {
  if (failure instanceof RoomOverError) return failure.end.reason;
  return (isRefused(failure) ? REASONS.get(failure.code) : undefined) ?? 'failed';
}
