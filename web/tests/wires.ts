/** A wire that is played by the test. */

import type { Following, Link, Wire } from '../src/api/wire';

type Reply = (params: Record<string, unknown>) => unknown;

export class FakeWire implements Wire {
  readonly calls: (readonly [string, Record<string, unknown>])[] = [];
  readonly followed = new Map<string, Following<unknown, unknown>>();
  private readonly personal = new Set<(event: { type: string }) => void>();
  private readonly links = new Set<(link: Link, code: number) => void>();
  closed = false;

  constructor(private readonly replies: Record<string, Reply> = {}) {}

  call<T>(method: string, params: Record<string, unknown> = {}): Promise<T> {
    this.calls.push([method, params]);
    return Promise.resolve().then(() => this.replies[method]?.(params) as T);
  }

  follow<State, News>(channel: string, following: Following<State, News>): () => void {
    this.followed.set(channel, following);
    return () => this.followed.delete(channel);
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
    this.closed = true;
  }

  whisper(event: { type: string } & Record<string, unknown>): void {
    for (const heard of this.personal) heard(event);
  }

  turn(link: Link, code = 0): void {
    for (const changed of this.links) changed(link, code);
  }
}

/** Let everything that waits for nothing but promises happen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
}
