/** The socket: the official SDK, which reconnects, recovers and resubscribes by itself. */

import { Centrifuge, type Options, State, type Subscription, type TransportEndpoint, UnauthorizedError } from 'centrifuge';

import { type Answer, Code, isFinal, LiveroomError, NetworkError, refusal, unwrap } from '../errors.js';
import type { Stop } from '../events.js';
import type { ChannelListener, Connection, ConnectionStatus } from './connection.js';
import type { Endpoints } from './endpoints.js';

export interface SocketNeeds {
  readonly endpoints: Endpoints;
  /** The newest token: asked before each attempt to connect. */
  readonly token: () => Promise<string>;
  /** The token lasts for minutes: the SDK asks for the next one in time, and the connection goes on. */
  readonly isShortLived?: boolean;
  /** The class to use where there is no `WebSocket`: that of the package `ws` in Node before 22. */
  readonly websocket?: unknown;
  /** An attempt has failed, and there never was a connection. */
  readonly failed?: () => void;
}

export class Socket implements Connection {
  readonly isPolling = false;
  private readonly centrifuge: Centrifuge;
  private readonly userListeners = new Set<(event: { type: string }) => void>();
  private readonly statusListeners = new Set<(status: ConnectionStatus, code: number) => void>();
  private connected = false;
  private calls = 0;
  private isStale = false;
  private isReplacing = false;

  constructor({ endpoints, token, isShortLived = false, websocket, failed }: SocketNeeds) {
    const transports: TransportEndpoint[] = [
      { transport: 'websocket', endpoint: endpoints.websocket },
      { transport: 'http_stream', endpoint: endpoints.stream },
      { transport: 'sse', endpoint: endpoints.events },
    ];
    const options: Partial<Options> = {
      emulationEndpoint: endpoints.emulation,
      ...(isShortLived ? { getToken: orUnauthorized(token) } : { getData: async () => ({ token: await token() }) }),
      minReconnectDelay: 300,
      maxReconnectDelay: 5000,
    };
    if (websocket !== undefined) options.websocket = websocket;
    this.centrifuge = new Centrifuge(transports, options);
    this.centrifuge.on('connected', () => {
      this.connected = true;
      this.isStale = false;
      this.tell('connected', 0);
    });
    this.centrifuge.on('error', () => {
      if (!this.connected) failed?.();
    });
    this.centrifuge.on('connecting', ({ code }) => {
      this.tell(this.connected ? 'reconnecting' : 'connecting', code);
    });
    this.centrifuge.on('disconnected', ({ code }) => {
      if (!this.isReplacing) this.tell('closed', code);
    });
    this.centrifuge.on('publication', ({ data }) => {
      for (const heard of [...this.userListeners]) heard(data as { type: string });
    });
    this.centrifuge.connect();
  }

  async call(method: string, params: object = {}): Promise<unknown> {
    let answer: Answer;
    this.calls += 1;
    try {
      answer = (await this.centrifuge.rpc(method, params)).data as Answer;
    } catch (failure) {
      throw errorOf(failure);
    } finally {
      this.calls -= 1;
      this.replaceIfStale();
    }
    return unwrap(answer);
  }

  follow<State, News>(channel: string, listener: ChannelListener<State, News>): Stop {
    const former = this.centrifuge.getSubscription(channel);
    if (former) this.drop(former);
    const subscription = this.centrifuge.newSubscription(channel);
    subscription.on('subscribed', ({ data }) => {
      if (data) listener.state(data as State);
    });
    subscription.on('publication', ({ data }) => {
      listener.news(data as News);
    });
    subscription.on('unsubscribed', ({ code }) => {
      listener.ended?.(code);
    });
    subscription.subscribe();
    return () => {
      this.drop(subscription);
    };
  }

  onUserEvent(heard: (event: { type: string }) => void): Stop {
    this.userListeners.add(heard);
    return () => this.userListeners.delete(heard);
  }

  onStatus(changed: (status: ConnectionStatus, code: number) => void): Stop {
    this.statusListeners.add(changed);
    return () => this.statusListeners.delete(changed);
  }

  /** A connection calls with the token that it began with: begin another one, which goes on where this one is. */
  refresh(): void {
    this.isStale = true;
    this.replaceIfStale();
  }

  close(): void {
    this.statusListeners.clear();
    this.userListeners.clear();
    for (const subscription of Object.values(this.centrifuge.subscriptions())) this.drop(subscription);
    this.centrifuge.disconnect();
  }

  /** Calls that wait for their answer would lose it. */
  private replaceIfStale(): void {
    if (!this.isStale || this.calls > 0 || this.centrifuge.state !== State.Connected) return;
    this.isStale = false;
    this.isReplacing = true;
    this.centrifuge.disconnect();
    this.isReplacing = false;
    this.centrifuge.connect();
  }

  private tell(status: ConnectionStatus, code: number): void {
    for (const changed of [...this.statusListeners]) changed(status, code);
  }

  private drop(subscription: Subscription): void {
    subscription.removeAllListeners();
    this.centrifuge.removeSubscription(subscription);
  }
}

/** The SDK asks again after any failure but this one. */
function orUnauthorized(token: () => Promise<string>): () => Promise<string> {
  return async () => {
    try {
      return await token();
    } catch (failure) {
      if (isFinal(failure)) throw new UnauthorizedError((failure as Error).message);
      throw failure;
    }
  };
}

/** The protocol's own error for more commands than a connection may send. */
const TOO_MANY = 111;

function errorOf(failure: unknown): LiveroomError {
  if (failure instanceof LiveroomError) return failure;
  const { code } = failure as { code?: unknown };
  if (code === TOO_MANY) return refusal(Code.RATE_LIMITED, 'RateLimited', 'too many calls at once: try again later');
  return new NetworkError('the service did not answer', { cause: failure });
}
