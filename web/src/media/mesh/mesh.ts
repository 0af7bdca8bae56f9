/** Media between browsers: for rooms of a few publishers and about eight viewers. */

import type { Member } from '../../api/types';
import { isHost } from '../../rooms/scene';
import type { Media, Surroundings } from '../media';
import type { MakePeer } from './link';
import { Publisher } from './publisher';
import { freshId, readSignal, type Signal } from './signals';
import { Viewer } from './viewer';

/** Whoever is told of a stream that begins; later ones ask. */
const TOLD_MAX = 30;
/** TURN credentials are asked for anew after this. */
const FRESH_MS = 10 * 60_000;

export class Mesh implements Media {
  private readonly publisher: Publisher;
  private readonly viewer: Viewer;
  private present: readonly Member[] = [];
  /** Something was shown before it was known to whom. */
  private unannounced = false;
  private asked = new Set<string>();
  private readonly following = new Map<string, Promise<void>>();
  private servers: { readonly at: number; readonly list: Promise<RTCIceServer[]> } | undefined;

  constructor(
    private readonly around: Surroundings,
    makePeer: MakePeer = (configuration) => new RTCPeerConnection(configuration),
    private readonly page = freshId(),
  ) {
    const needs = {
      page,
      makePeer,
      iceServers: () => this.iceServers(),
      send: (to: string, signal: Signal) => {
        this.send(to, signal);
      },
    };
    this.publisher = new Publisher({
      ...needs,
      reach: (reach) => {
        around.events.reach(reach);
      },
    });
    this.viewer = new Viewer({
      ...needs,
      remotes: (remotes) => {
        around.events.remotes(remotes);
      },
      trouble: (trouble) => {
        around.events.trouble(trouble);
      },
    });
  }

  async join(): Promise<void> {
    await this.iceServers();
  }

  async publish(stream: MediaStream): Promise<void> {
    this.unannounced = this.present.length === 0;
    await this.publisher.show(stream, this.others());
  }

  withdraw(): Promise<void> {
    this.publisher.hide(this.others());
    return Promise.resolve();
  }

  members(members: readonly Member[], complete: boolean): void {
    this.present = members;
    if (complete) {
      const users = new Set(members.map(({ userId }) => userId));
      this.publisher.keep(users);
      this.viewer.keep(users);
    }
    if (this.unannounced && members.length > 0) this.publisher.announce(this.others());
    this.unannounced = false;
    const hosts = new Set(
      members
        .filter(isHost)
        .map(({ userId }) => userId)
        .filter((user) => user !== this.around.me),
    );
    for (const host of hosts) if (!this.asked.has(host)) this.viewer.ask(host);
    this.asked = hosts;
  }

  refresh(): void {
    this.publisher.announce(this.others());
    for (const host of this.asked) this.viewer.askIfBlind(host);
  }

  /** Signals of one user are followed one after the other: candidates may come in the same breath as their offer. */
  hear(from: string, payload: unknown): void {
    const signal = readSignal(payload);
    if (signal === null || ('to' in signal && signal.to !== this.page)) return;
    const before = this.following.get(from) ?? Promise.resolve();
    this.following.set(from, before.then(() => this.follow(from, signal)).catch(ignore));
  }

  close(): void {
    this.publisher.hide(this.others());
    this.viewer.closeAll();
  }

  private async follow(user: string, signal: Signal): Promise<void> {
    switch (signal.kind) {
      case 'live':
        this.viewer.live(user, signal.from);
        return;
      case 'hello':
        return this.publisher.greeted(user, signal.from);
      case 'offer':
        return this.viewer.offered(user, signal.from, signal.stream, signal.sdp);
      case 'answer':
        return this.publisher.answered(signal.stream, signal.sdp);
      case 'ice':
        await this.publisher.candidates(signal.stream, signal.candidates);
        return this.viewer.candidates(user, signal.stream, signal.candidates);
      case 'bye':
        this.publisher.parted(signal.from);
        this.viewer.parted(user, signal.from, signal.full === true);
    }
  }

  private others(): string[] {
    return this.present
      .map(({ userId }) => userId)
      .filter((user) => user !== this.around.me)
      .slice(0, TOLD_MAX);
  }

  /** A signal that cannot be told is as good as lost on the way: whoever waits for it asks again. */
  private send(to: string, signal: Signal): void {
    this.around.signal(to, signal).catch(ignore);
  }

  private iceServers(): Promise<RTCIceServer[]> {
    const now = performance.now();
    if (!this.servers || now - this.servers.at > FRESH_MS) {
      this.servers = { at: now, list: this.around.credential().then(({ mesh }) => [...(mesh?.iceServers ?? [])]) };
      this.servers.list.catch(() => {
        this.servers = undefined;
      });
    }
    return this.servers.list;
  }
}

/** A description that is out of date, or a page that has gone meanwhile: whoever still needs the stream asks again. */
function ignore(): undefined {
  return undefined;
}
