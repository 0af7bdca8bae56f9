/** A connection that is played by the test. */

import type { ChannelListener, Connection, ConnectionStatus } from '../src/connection/connection.js';

type Reply = (params: Record<string, unknown>) => unknown;

export class FakeConnection implements Connection {
  readonly calls: (readonly [string, Record<string, unknown>])[] = [];
  readonly followed = new Map<string, ChannelListener<unknown, unknown>>();
  private readonly userListeners = new Set<(event: { type: string }) => void>();
  private readonly statusListeners = new Set<(status: ConnectionStatus, code: number) => void>();
  isPolling = false;
  closed = false;
  refreshed = 0;

  constructor(readonly replies: Record<string, Reply> = {}) {}

  call(method: string, params: object = {}): Promise<unknown> {
    const given = params as Record<string, unknown>;
    this.calls.push([method, given]);
    return Promise.resolve().then(() => this.replies[method]?.(given));
  }

  follow<State, News>(channel: string, listener: ChannelListener<State, News>): () => void {
    this.followed.set(channel, listener);
    return () => this.followed.delete(channel);
  }

  onUserEvent(heard: (event: { type: string }) => void): () => void {
    this.userListeners.add(heard);
    return () => this.userListeners.delete(heard);
  }

  onStatus(changed: (status: ConnectionStatus, code: number) => void): () => void {
    this.statusListeners.add(changed);
    return () => this.statusListeners.delete(changed);
  }

  refresh(): void {
    this.refreshed += 1;
  }

  close(): void {
    this.closed = true;
  }

  /** Send something to the user. */
  tell(event: { type: string } & Record<string, unknown>): void {
    for (const heard of [...this.userListeners]) heard(event);
  }

  turn(status: ConnectionStatus, code = 0): void {
    for (const changed of [...this.statusListeners]) changed(status, code);
  }

  /** The calls of a method, with what was given. */
  callsOf(method: string): Record<string, unknown>[] {
    return this.calls.flatMap(([called, params]) => (called === method ? [params] : []));
  }
}

/** Let everything that waits for nothing but promises happen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 40; turn += 1) await Promise.resolve();
}
