/** What an operator follows: over one connection, with one subscription for all who follow the same channel. */

import type { ChannelListener, Connection, ConnectionStatus } from '../connection/connection.js';
import { guarded, type Stop } from '../events.js';

/** Make the connection: at once, or when what it takes was loaded. */
export type Connect = () => Connection | Promise<Connection>;
type StatusListener = (status: ConnectionStatus, code: number) => void;
type Listener = ChannelListener<unknown, unknown>;

class Followed {
  readonly listeners = new Set<{ readonly listener: Listener }>();
  /** Ends the subscription, where there is a connection already. */
  unfollow: Stop | null = null;
  /** Whether its first state came: who follows from now on has missed it. */
  hasBegun = false;

  tell(say: (listener: Listener) => void): void {
    for (const { listener } of [...this.listeners]) guarded(say, listener);
  }
}

export class Channels implements Pick<Connection, 'follow' | 'onStatus' | 'close'> {
  private readonly followed = new Map<string, Followed>();
  private readonly statusListeners = new Set<StatusListener>();
  private connection: Connection | null = null;
  private coming: Promise<Connection> | null = null;

  constructor(private readonly connect: Connect) {}

  /** Follow a channel until the function that is returned is called; whoever comes later gets a state too. */
  follow<State, News>(channel: string, listener: ChannelListener<State, News>): Stop {
    const followed = this.followed.get(channel) ?? new Followed();
    const mine = { listener: listener as Listener };
    followed.listeners.add(mine);
    this.followed.set(channel, followed);
    if (!this.connection) this.begin();
    else if (followed.hasBegun || !followed.unfollow) this.subscribe(this.connection, channel, followed);
    return () => {
      if (!followed.listeners.delete(mine) || followed.listeners.size > 0) return;
      this.forget(channel, followed);
    };
  }

  onStatus(changed: StatusListener): Stop {
    this.statusListeners.add(changed);
    return () => this.statusListeners.delete(changed);
  }

  close(): void {
    this.connection?.close();
    this.lose();
  }

  private begin(): void {
    if (this.coming) return;
    const made = this.connect();
    if (made instanceof Promise) void this.takeLater(made);
    else this.take(made);
  }

  /** Whoever closes meanwhile wants no connection any more. */
  private async takeLater(coming: Promise<Connection>): Promise<void> {
    this.coming = coming;
    try {
      const connection = await coming;
      if (this.coming === coming) this.take(connection);
      else connection.close();
    } catch {
      if (this.coming === coming) this.turn('closed', 0);
    }
  }

  private take(connection: Connection): void {
    this.coming = null;
    this.connection = connection;
    connection.onStatus((status, code) => {
      if (this.connection === connection) this.turn(status, code);
    });
    for (const [channel, followed] of this.followed) this.subscribe(connection, channel, followed);
  }

  private subscribe(connection: Connection, channel: string, followed: Followed): void {
    followed.unfollow?.();
    followed.hasBegun = false;
    followed.unfollow = connection.follow(channel, {
      state: (state) => {
        followed.hasBegun = true;
        followed.tell((listener) => { listener.state(state); });
      },
      news: (news) => {
        followed.tell((listener) => { listener.news(news); });
      },
      ended: (code) => {
        this.forget(channel, followed);
        followed.tell((listener) => listener.ended?.(code));
      },
    });
  }

  private turn(status: ConnectionStatus, code: number): void {
    if (status === 'closed') this.lose();
    for (const changed of [...this.statusListeners]) changed(status, code);
  }

  private lose(): void {
    this.connection = null;
    this.coming = null;
    this.followed.clear();
  }

  private forget(channel: string, followed: Followed): void {
    followed.unfollow?.();
    followed.unfollow = null;
    if (this.followed.get(channel) === followed) this.followed.delete(channel);
  }
}
