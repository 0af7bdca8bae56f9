/**
 * A connection without a socket: calls over HTTP, states asked for again and again, and keepalives.
 *
 * For programs that only call, and for networks that let nothing else through. There are no events between two states,
 * and nothing that is sent to the user.
 */

import { Code, isRefused } from '../errors.js';
import type { Stop } from '../events.js';
import { type ChannelListener, Closed, ChannelEnd, type Connection, type ConnectionStatus } from './connection.js';
import type { HttpCall } from './http.js';

export interface PollingNeeds {
  readonly call: HttpCall;
  token(): Promise<string>;
  /** Between two looks at a room or a list. */
  readonly everyMs?: number;
}

const EVERY_MS = 3000;
/** A session without a sign of life ends; the service asks for one every 10 to 30 seconds. */
const KEEPALIVE_MS = 15_000;
const LISTED = 100;
/** Whoever was seen in a room so short a time ago has not lost their place by being away: they were put out. */
const SEEN_MS = 10_000;

export class Polling implements Connection {
  readonly isPolling = true;
  private readonly statusListeners = new Set<(status: ConnectionStatus, code: number) => void>();
  private readonly timers = new Set<ReturnType<typeof setInterval>>();
  private status: ConnectionStatus = 'connecting';

  constructor(private readonly needs: PollingNeeds) {
    this.every(KEEPALIVE_MS, () => this.call('auth_users/user_keepalive'));
    void this.call('auth_users/user_keepalive').catch(ignore);
  }

  async call(method: string, params: object = {}): Promise<unknown> {
    try {
      const data = await this.needs.call(method, params, await this.needs.token());
      this.become('connected', 0);
      return data;
    } catch (failure) {
      if (isRefused(failure, Code.TOKEN_EXPIRED, Code.TOKEN_INVALID)) this.become('closed', Closed.TOKEN_INVALID);
      else if (isRefused(failure)) this.become('connected', 0);
      else if (this.status === 'connected') this.become('reconnecting', 0);
      throw failure;
    }
  }

  follow<State, News>(channel: string, listener: ChannelListener<State, News>): Stop {
    const [kind = '', ...rest] = channel.split(':');
    const name = rest.at(-1) ?? '';
    const look = kind === 'room' ? this.room(name) : this.list(name);
    let over = false;
    let seenAt = -Infinity;
    const again = async () => {
      try {
        const state = await look();
        seenAt = performance.now();
        if (!over && state !== null) listener.state(state as State);
      } catch (failure) {
        const code = endOf(failure);
        if (over || code === null) return;
        stop();
        const isPutOut = code === ChannelEnd.NOT_A_MEMBER && performance.now() - seenAt < SEEN_MS;
        listener.ended?.(isPutOut ? ChannelEnd.PUT_OUT : code);
      }
    };
    const end = this.every(this.needs.everyMs ?? EVERY_MS, again);
    const stop = () => {
      over = true;
      end();
    };
    void again();
    return stop;
  }

  onUserEvent(): Stop {
    return ignore;
  }

  onStatus(changed: (status: ConnectionStatus, code: number) => void): Stop {
    this.statusListeners.add(changed);
    return () => this.statusListeners.delete(changed);
  }

  /** Each call asks for the token anyway. */
  refresh(): void {
    return;
  }

  close(): void {
    this.statusListeners.clear();
    for (const timer of this.timers) clearInterval(timer);
    this.timers.clear();
  }

  /** Return what looks at a room: its state, or null where nothing has happened since. */
  private room(roomId: string): () => Promise<unknown> {
    let known = '';
    return async () => {
      const { state } = (await this.call('rooms/state', { roomId })) as { state: { epoch: string; seq: number } };
      const now = `${state.epoch} ${state.seq}`;
      if (now === known) return null;
      known = now;
      return state;
    };
  }

  private list(category: string): () => Promise<unknown> {
    const wanted = category === '_all' ? {} : { category };
    return async () => ({ rev: 0, rooms: await this.call('rooms/query_room', { ...wanted, limit: LISTED }) });
  }

  private every(ms: number, work: () => Promise<unknown>): Stop {
    const timer = setInterval(() => void work().catch(ignore), ms);
    this.timers.add(timer);
    return () => {
      clearInterval(timer);
      this.timers.delete(timer);
    };
  }

  private become(status: ConnectionStatus, code: number): void {
    if (this.status === status || this.status === 'closed') return;
    this.status = status;
    for (const changed of [...this.statusListeners]) changed(status, code);
  }
}

/** The code with which a channel would have ended; null: it goes on. */
function endOf(failure: unknown): number | null {
  if (isRefused(failure, Code.ROOM_NOT_EXISTS)) return ChannelEnd.NO_SUCH_ROOM;
  return isRefused(failure, Code.NOT_IN_ROOM) ? ChannelEnd.NOT_A_MEMBER : null;
}

function ignore(): undefined {
  return undefined;
}
