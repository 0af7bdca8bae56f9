/** The console's socket: one connection for all that is shown live, with a token of its own that is renewed in time. */
import type { Centrifuge, Subscription } from 'centrifuge';
import { ref } from 'vue';

import { type Api, CallRefused, NOT_SIGNED_IN } from './api';

/** `off`: this installation has no such socket, or the operator may not listen. */
export type LiveState = 'connecting' | 'live' | 'off';

export interface Heard {
  /** How things are: at the beginning, and again after each cut. */
  readonly state: (data: unknown) => void;
  readonly news: (data: unknown) => void;
}

const NOT_OFFERED = new Set(['NotOffered', 'PermissionDenied']);

export class Live {
  readonly state = ref<LiveState>('connecting');
  private centrifuge: Promise<Centrifuge> | null = null;
  private readonly heard = new Map<string, { subscription: Subscription | null; listeners: Set<Heard> }>();

  private readonly root: string;
  private readonly api: Api;

  constructor(root: string, api: Api) {
    this.root = root;
    this.api = api;
  }

  /** Listen to a channel; returns how to stop. Several listeners share one subscription. */
  listen(channel: string, listener: Heard): () => void {
    const entry = this.heard.get(channel) ?? { subscription: null, listeners: new Set<Heard>() };
    entry.listeners.add(listener);
    this.heard.set(channel, entry);
    if (entry.subscription) entry.subscription.unsubscribe();
    void this.subscribe(channel);
    return () => {
      entry.listeners.delete(listener);
      if (entry.listeners.size > 0) return;
      entry.subscription?.unsubscribe();
      entry.subscription?.removeAllListeners();
      if (this.heard.get(channel) === entry) this.heard.delete(channel);
      if (entry.subscription) void this.centrifuge?.then((socket) => { if (entry.subscription) socket.removeSubscription(entry.subscription); });
    };
  }

  /** End the connection: whoever signs in next has one of their own. */
  close(): void {
    void this.centrifuge?.then((socket) => { socket.disconnect(); });
    this.centrifuge = null;
    this.heard.clear();
    this.state.value = 'connecting';
  }

  private async subscribe(channel: string): Promise<void> {
    this.centrifuge ??= this.connect();
    const socket = await this.centrifuge;
    const entry = this.heard.get(channel);
    if (!entry) return;
    if (entry.subscription) {
      entry.subscription.subscribe();
      return;
    }
    const subscription = socket.newSubscription(channel);
    entry.subscription = subscription;
    const tell = (kind: keyof Heard, data: unknown) => {
      for (const listener of [...entry.listeners]) listener[kind](data);
    };
    subscription.on('subscribed', ({ data }) => {
      tell('state', data);
    });
    subscription.on('publication', ({ data }) => {
      tell('news', data);
    });
    subscription.subscribe();
  }

  private async connect(): Promise<Centrifuge> {
    const { Centrifuge: Client, UnauthorizedError } = await import('centrifuge');
    const address = `${window.location.origin.replace(/^http/, 'ws')}${this.root}connection/websocket`;
    const getToken = async (): Promise<string> => {
      try {
        return (await this.api.call('admin/socket_token', {})).token;
      } catch (failure) {
        if (!(failure instanceof CallRefused)) throw failure;
        if (NOT_OFFERED.has(failure.slug)) this.state.value = 'off';
        else if (!NOT_SIGNED_IN.has(failure.slug)) throw failure;
        throw new UnauthorizedError(failure.message);
      }
    };
    const socket = new Client(address, { getToken, minReconnectDelay: 300, maxReconnectDelay: 5000 });
    socket.on('connected', () => {
      this.state.value = 'live';
    });
    socket.on('connecting', () => {
      this.state.value = 'connecting';
    });
    socket.on('disconnected', () => {
      if (this.state.value !== 'off') this.state.value = 'connecting';
    });
    socket.connect();
    return socket;
  }
}
