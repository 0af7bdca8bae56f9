/**
 * The socket: calls, the room's and the list's channels, and what is told to this user.
 *
 * The SDK reconnects, recovers and resubscribes by itself; what the page is told is where it stands.
 */

import { Centrifuge, type Subscription, type TransportEndpoint } from 'centrifuge';
import { type Answer, Unreachable, unwrap } from './answer';
import type { Place } from './place';

/** `away`: the connection is cut, and the SDK is trying to come back. */
export type Link = 'connecting' | 'connected' | 'away' | 'ended';

export interface Following<State, News> {
  /** A first state, or a fresh one in place of everything known. */
  state(state: State): void;
  news(news: News): void;
  /** The subscription is over, and does not come back by itself. */
  ended?(code: number): void;
  /** Subscribed, with a fresh state or without. */
  subscribed?(): void;
}

export interface Wire {
  call<T>(method: string, params?: Record<string, unknown>): Promise<T>;
  /** Follow a channel until the function that is returned is called. */
  follow<State, News>(channel: string, following: Following<State, News>): () => void;
  onPersonal(heard: (event: { type: string }) => void): () => void;
  onLink(changed: (link: Link, code: number) => void): () => void;
  close(): void;
}

export class Socket implements Wire {
  private readonly centrifuge: Centrifuge;
  private readonly personal = new Set<(event: { type: string }) => void>();
  private readonly links = new Set<(link: Link, code: number) => void>();
  private met = false;

  constructor(place: Place, token: () => string) {
    const transports: TransportEndpoint[] = [
      { transport: 'websocket', endpoint: place.websocket },
      { transport: 'http_stream', endpoint: place.stream },
      { transport: 'sse', endpoint: place.events },
    ];
    this.centrifuge = new Centrifuge(transports, {
      emulationEndpoint: place.emulation,
      getData: () => Promise.resolve({ token: token() }),
      minReconnectDelay: 300,
      maxReconnectDelay: 5000,
    });
    this.centrifuge.on('connected', () => {
      this.met = true;
      this.say('connected', 0);
    });
    this.centrifuge.on('connecting', ({ code }) => {
      this.say(this.met ? 'away' : 'connecting', code);
    });
    this.centrifuge.on('disconnected', ({ code }) => {
      this.say('ended', code);
    });
    this.centrifuge.on('publication', ({ data }) => {
      for (const heard of [...this.personal]) heard(data as { type: string });
    });
    this.centrifuge.connect();
  }

  async call<T>(method: string, params: Record<string, unknown> = {}): Promise<T> {
    let answer: Answer;
    try {
      answer = (await this.centrifuge.rpc(method, params)).data as Answer;
    } catch (failure) {
      throw new Unreachable('no answer could be had', { cause: failure });
    }
    return unwrap(answer) as T;
  }

  follow<State, News>(channel: string, following: Following<State, News>): () => void {
    const former = this.centrifuge.getSubscription(channel);
    if (former) this.drop(former);
    const subscription = this.centrifuge.newSubscription(channel);
    subscription.on('subscribed', ({ data }) => {
      if (data) following.state(data as State);
      following.subscribed?.();
    });
    subscription.on('publication', ({ data }) => {
      following.news(data as News);
    });
    subscription.on('unsubscribed', ({ code }) => {
      following.ended?.(code);
    });
    subscription.subscribe();
    return () => {
      this.drop(subscription);
    };
  }

  onPersonal(heard: (event: { type: string }) => void): () => void {
    this.personal.add(heard);
    return () => this.personal.delete(heard);
  }

  onLink(changed: (link: Link, code: number) => void): () => void {
    this.links.add(changed);
    return () => this.links.delete(changed);
  }

  close(): void {
    this.links.clear();
    this.personal.clear();
    this.centrifuge.disconnect();
  }

  private say(link: Link, code: number): void {
    for (const changed of [...this.links]) changed(link, code);
  }

  private drop(subscription: Subscription): void {
    subscription.removeAllListeners();
    this.centrifuge.removeSubscription(subscription);
  }
}
