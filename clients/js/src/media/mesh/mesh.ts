/** Media between browsers: for rooms of a few publishers and about eight viewers. */

import { freshId } from '../../ids.js';
import type { Member } from '../../types.js';
import type { Adapter, Media, Present, Surroundings } from '../media.js';
import type { MakePeer } from './link.js';
import { Publisher } from './publisher.js';
import { readSignal, type Signal } from './signals.js';
import { Viewer } from './viewer.js';

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
  /** All who may show something, where that is known. */
  private publishers: ReadonlySet<string> | null = null;
  private asked: ReadonlySet<string> = new Set();
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

  members({ members, publishers, complete, guests = false }: Present): void {
    this.present = members;
    this.publishers = complete ? publishers : null;
    if (complete) this.keep(new Set(members.map(({ userId }) => userId)), guests);
    if (this.unannounced && members.length > 0) this.publisher.announce(this.others());
    this.unannounced = false;
    const others = new Set([...publishers].filter((user) => user !== this.around.me));
    for (const user of others) if (!this.asked.has(user)) this.viewer.ask(user);
    for (const user of this.asked) if (!others.has(user)) this.viewer.drop(user);
    this.asked = others;
  }

  refresh(): void {
    this.publisher.announce(this.others());
    for (const user of this.asked) this.viewer.askIfBlind(user);
  }

  /** Signals of one user are followed one after the other: candidates may come in the same breath as their offer. */
  hear(from: string, payload: unknown): void {
    const signal = readSignal(payload);
    if (signal === null || ('to' in signal && signal.to !== this.page)) return;
    const before = this.following.get(from) ?? Promise.resolve();
    this.following.set(from, before.then(() => this.follow(from, signal)).catch(ignore));
  }

  measure() {
    return this.viewer.measure();
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
        // Of whoever has no business on the stage nothing is shown; whose seat is yet to be heard of is asked then.
        if (this.publishers?.has(user) === false) return;
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

  /** Only these users are in the room; guests, who are not, may watch. */
  private keep(users: ReadonlySet<string>, guests: boolean): void {
    if (!guests) this.publisher.keep(users);
    this.viewer.keep(users);
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

export const adapter: Adapter = (around) => new Mesh(around);
