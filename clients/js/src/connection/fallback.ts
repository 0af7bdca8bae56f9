/**
 * A socket, or polling where the service has none: as a web function it cannot have one (docs/serverless.md).
 *
 * The service is asked once the first attempt to connect has failed. One that had a socket before is waited for.
 */

import type { Stop } from '../events.js';
import type { ChannelListener, Connection, ConnectionStatus } from './connection.js';
import { greeting, type HttpCall } from './http.js';
import { Polling } from './polling.js';
import { Socket, type SocketNeeds } from './socket.js';

export interface FallbackNeeds {
  /** Make the socket; `failed` is called whenever it cannot connect, until it has been connected once. */
  socket(failed: () => void): Connection;
  polling(): Connection;
  /** Say whether the service has no socket, by its own word. Throws where there is no answer. */
  hasNoSocket(): Promise<boolean>;
}

interface Use {
  readonly begin: (connection: Connection) => Stop;
  stop: Stop;
}

export class Fallback implements Connection {
  private current: Connection;
  private readonly uses = new Set<Use>();
  private isAsking = false;
  private isOver = false;

  constructor(private readonly needs: FallbackNeeds) {
    this.current = needs.socket(() => void this.ask());
  }

  get isPolling(): boolean {
    return this.current.isPolling;
  }

  async call(method: string, params?: object): Promise<unknown> {
    const asked = this.current;
    try {
      return await asked.call(method, params);
    } catch (failure) {
      // A socket that was never there has sent nothing.
      if (asked === this.current) throw failure;
      return this.current.call(method, params);
    }
  }

  follow<State, News>(channel: string, listener: ChannelListener<State, News>): Stop {
    return this.use((connection) => connection.follow(channel, listener));
  }

  onUserEvent(heard: (event: { type: string }) => void): Stop {
    return this.use((connection) => connection.onUserEvent(heard));
  }

  onStatus(changed: (status: ConnectionStatus, code: number) => void): Stop {
    return this.use((connection) => connection.onStatus(changed));
  }

  refresh(): void {
    this.current.refresh();
  }

  close(): void {
    this.isOver = true;
    this.uses.clear();
    this.current.close();
  }

  private use(begin: Use['begin']): Stop {
    const use = { begin, stop: begin(this.current) };
    this.uses.add(use);
    return () => {
      if (this.uses.delete(use)) use.stop();
    };
  }

  private async ask(): Promise<void> {
    if (this.isAsking || this.current.isPolling) return;
    this.isAsking = true;
    try {
      if (await this.needs.hasNoSocket()) this.poll();
    } catch {
      // It is away: the socket tries again, and then it is asked again.
    } finally {
      this.isAsking = false;
    }
  }

  private poll(): void {
    if (this.isOver) return;
    const socket = this.current;
    for (const use of this.uses) use.stop();
    this.current = this.needs.polling();
    socket.close();
    for (const use of this.uses) use.stop = use.begin(this.current);
  }
}

/** Connect to a service of which only itself knows whether it has a socket. */
export function socketOrPolling(needs: SocketNeeds, call: HttpCall, send?: typeof fetch): Connection {
  const { endpoints, token } = needs;
  return new Fallback({
    socket: (failed) => new Socket({ ...needs, failed }),
    polling: () => new Polling({ call, token }),
    hasNoSocket: async () => (await greeting(endpoints, send)).realtime === 'polling',
  });
}
