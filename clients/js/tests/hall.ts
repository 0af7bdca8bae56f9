/** A room whose members' pages speak to each other at once. */

import { vi } from 'vitest';

import type { Member } from '../src/types.js';
import type { Reach, Remote, Trouble } from '../src/media/media.js';
import { Mesh } from '../src/media/mesh/mesh.js';
import { Network } from './peers.js';
import { member } from './samples.js';

export const track = (kind: string) => ({ kind }) as MediaStreamTrack;
export const picture = (video = track('video'), audio: MediaStreamTrack | null = track('audio')) =>
  ({ getVideoTracks: () => [video], getAudioTracks: () => (audio ? [audio] : []) }) as unknown as MediaStream;
export const pass = (ms = 100) => vi.advanceTimersByTimeAsync(ms);

/** Return a host of the hall who shows a picture. */
export async function show(hall: Hall): Promise<Page> {
  const host = hall.enter('host', 'anchor');
  await host.mesh.publish(picture());
  await pass();
  return host;
}

const isPublisher = ({ role }: Member) => role === 'anchor' || role === 'speaker';

export class Hall {
  readonly network = new Network();
  readonly pages: Page[] = [];
  members: Member[] = [];
  deaf = false;
  iceServers: RTCIceServer[] = [];
  /** Who hears what is sent to somebody that is no member. */
  readonly outside = new Map<string, (from: string, payload: object) => void>();

  enter(userId: string, role = 'audience'): Page {
    const page = new Page(this, userId);
    this.pages.push(page);
    if (!this.members.some((one) => one.userId === userId)) this.members = [...this.members, member(userId, role)];
    this.tell();
    return page;
  }

  leave(userId: string): void {
    this.members = this.members.filter((one) => one.userId !== userId);
    this.tell();
  }

  tell(): void {
    const publishers = new Set(this.members.filter(isPublisher).map(({ userId }) => userId));
    for (const page of this.pages) page.mesh.members({ members: this.members, publishers, complete: true });
  }

  deliver(from: string, to: string, payload: object): void {
    if (this.deaf) return;
    this.outside.get(to)?.(from, structuredClone(payload));
    for (const page of this.pages) if (page.userId === to && !page.gone) page.mesh.hear(from, structuredClone(payload));
  }
}

export class Page {
  remotes: readonly Remote[] = [];
  trouble: Trouble | null = null;
  reach: Reach = { connected: 0, unreachable: 0 };
  gone = false;
  readonly mesh: Mesh;

  constructor(
    hall: Hall,
    readonly userId: string,
  ) {
    this.mesh = new Mesh(
      {
        me: userId,
        roomId: 'r',
        credential: () =>
          Promise.resolve({ provider: 'mesh', role: 'x', expire: '', mesh: { iceServers: hall.iceServers } }),
        publishes: () => true,
        signal: (to, payload) => {
          hall.deliver(userId, to, payload);
          return Promise.resolve();
        },
        events: {
          remotes: (remotes) => (this.remotes = remotes),
          trouble: (trouble) => (this.trouble = trouble),
          reach: (reach) => (this.reach = reach),
        },
      },
      hall.network.make,
    );
  }

  get sees(): string[] {
    return this.remotes.map(({ userId }) => userId);
  }
}
