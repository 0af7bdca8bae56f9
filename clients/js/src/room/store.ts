/** What is known of a room and what happens in it, for whoever follows it: a member or an operator. */

import { ServiceClock } from '../clock.js';
import { Observable } from '../events.js';
import type { Message, RoomEvent, RoomEventOf, User } from '../types.js';
import { appointedAfter } from './appointed.js';
import type { RoomEnd } from './membership.js';
import { messagesAfter, messagesIn } from './messages.js';
import { meOf, type RoomState } from './state.js';
import type { RoomView } from './view.js';

/** `message`, `likes`, `refreshed` and `end` are the client's own; the others are those of docs/events.md. */
export type RoomEvents = {
  /** A message that was just sent, also one's own; `room.state.messages` has those from before too. */
  message: Message;
  /** Likes that others have just given. */
  likes: number;
  /** Likes of this user that the service has refused. */
  likes_refused: unknown;
  /** The state was replaced as a whole, after a long cut or when the service has started anew. */
  refreshed: RoomState;
  end: RoomEnd;
  /** Any event of the room. */
  event: RoomEvent;
} & { [Event in RoomEvent as Event['type']]: Event };

/** Return the state with which somebody begins to follow a room. */
export function firstState(view: RoomView, user: User, role: string): RoomState {
  const fixed = { messages: [], likes: view.room.star, appointed: new Set<string>(), status: 'inside', end: null } as const;
  return { ...view, ...fixed, me: meOf(user, role, { ...view, appointed: fixed.appointed }) };
}

export abstract class RoomStore extends Observable<RoomState, RoomEvents> {
  /** Events until the app has had the time to listen. */
  private held: RoomEvent[] | null = [];
  private readonly clock = new ServiceClock();

  constructor(first: RoomState) {
    super(first);
    this.clock.hear(first.time);
  }

  get roomId(): string {
    return this.state.room.roomId;
  }

  /** Return the milliseconds until the battle ends, or its result goes, by the service's clock; 0: none runs. */
  battleLeft(): number {
    const { battle } = this.state;
    return battle ? this.leftUntil(battle.closesAt || battle.endsAt) : 0;
  }

  /** Return the milliseconds until a time of the service, given in milliseconds since 1970; 0: it is over. */
  leftUntil(time: number): number {
    return this.clock.left(time);
  }

  /** Return the time by the service's clock, in milliseconds since 1970. */
  serviceTime(): number {
    return this.clock.time();
  }

  /** Likes that were given are in the state; a member has some of their own as well. */
  protected likedBy(event: RoomEventOf<'room.likes'>): void {
    this.change({ likes: event.data.likes });
    this.emit('likes', event.data.added);
  }

  protected hear(view: RoomView, events: readonly RoomEvent[]): void {
    const messages = messagesAfter(this.state.messages, events);
    const appointed = appointedAfter(this.state.appointed, events);
    this.change({ ...view, messages, appointed });
    if (this.held) this.held.push(...events);
    else for (const event of events) this.announce(event);
  }

  /** Whoever awaits the room goes on before this, and hears of everything after its first state. */
  protected releaseSoon(): void {
    setTimeout(() => {
      const held = this.held ?? [];
      this.held = null;
      for (const event of held) this.announce(event);
      if (this.state.end) this.emit('end', this.state.end);
    }, 0);
  }

  protected change(changes: Partial<RoomState>): void {
    const next = { ...this.state, ...changes };
    this.clock.hear(next.time);
    this.become({ ...next, me: meOf(next.me, next.me.role, next) });
  }

  protected over(end: RoomEnd): void {
    this.change({ status: 'ended', end });
    if (!this.held) this.emit('end', end);
  }

  private announce(event: RoomEvent): void {
    this.emit('event', event);
    this.emit(event.type, event);
    for (const message of messagesIn(event)) this.emit('message', message);
    if (event.type === 'room.likes') this.likedBy(event);
  }
}
