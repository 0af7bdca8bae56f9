/** The viewer's side of a mesh: one connection from each publisher, asked for anew whenever it is lost. */

import type { Arrived, Remote, Trouble } from '../media.js';
import { type Health, Link, type MakePeer } from './link.js';
import type { Signal } from './signals.js';
import { arrivedIn } from './stats.js';

interface Incoming {
  readonly user: string;
  readonly page: string;
  readonly stream: string;
  readonly link: Link;
  remote: MediaStream | null;
  health: Health | 'new';
}

export interface ViewerNeeds {
  readonly page: string;
  readonly makePeer: MakePeer;
  iceServers(): Promise<RTCIceServer[]>;
  send(to: string, signal: Signal): void;
  remotes(remotes: readonly Remote[]): void;
  trouble(trouble: Trouble | null): void;
}

/** Between attempts after a loss: growing, and never given up while the publisher is in the room. */
const RETRY_MS = [500, 2000, 4000, 8000, 15000];
/** After so many losses in a row it is said. */
const HOPELESS = 2;
/** Whoever was seen before is more likely gone for a moment than out of reach. */
const PATIENT = 5;

export class Viewer {
  private readonly incoming = new Map<string, Incoming>();
  private readonly attempts = new Map<string, number>();
  private readonly retries = new Map<string, ReturnType<typeof setTimeout>>();
  private readonly full = new Set<string>();
  private readonly unreachable = new Set<string>();
  /** Seen before, and cut off without a goodbye. */
  private readonly interrupted = new Set<string>();
  private turn = false;

  constructor(private readonly needs: ViewerNeeds) {}

  /** Ask somebody for what they show; one that shows nothing does not answer. */
  ask(user: string): void {
    this.full.delete(user);
    this.needs.send(user, { kind: 'hello', from: this.needs.page });
  }

  askIfBlind(user: string): void {
    if (this.incoming.get(user)?.health !== 'connected') this.ask(user);
  }

  /** A publisher begins. One that is being watched already has only told everybody. */
  live(user: string, page: string): void {
    const known = this.incoming.get(user);
    if (known?.page !== page || known.health === 'lost') this.ask(user);
  }

  async offered(user: string, page: string, stream: string, sdp: string): Promise<void> {
    const iceServers = await this.needs.iceServers();
    this.turn = iceServers.some(({ urls }) => [urls].flat().some((url) => /^turns?:/.test(url)));
    this.full.delete(user);
    this.close(user);
    const one = this.open(user, page, stream, this.needs.makePeer({ iceServers }));
    await one.link.describe({ type: 'offer', sdp });
    await one.link.peer.setLocalDescription(await one.link.peer.createAnswer());
    const answer = one.link.peer.localDescription?.sdp ?? '';
    this.needs.send(user, { kind: 'answer', from: this.needs.page, to: page, stream, sdp: answer });
  }

  async candidates(user: string, stream: string, candidates: readonly RTCIceCandidateInit[]): Promise<void> {
    const one = this.incoming.get(user);
    if (one?.stream === stream) await one.link.add(candidates);
  }

  /** A publisher shows nothing any more, or has no room for another viewer. */
  parted(user: string, page: string, full: boolean): void {
    if (full) this.full.add(user);
    else if (this.incoming.get(user)?.page !== page) return;
    this.forget(user);
    this.tell();
  }

  /** This user shows nothing any more. */
  drop(user: string): void {
    this.full.delete(user);
    this.forget(user);
    this.tell();
  }

  /** Only these users are in the room. */
  keep(users: ReadonlySet<string>): void {
    const gone = new Set(
      [...this.incoming.keys(), ...this.retries.keys(), ...this.full].filter((user) => !users.has(user)),
    );
    for (const user of gone) {
      this.full.delete(user);
      this.forget(user);
    }
    if (gone.size > 0) this.tell();
  }

  async measure(): Promise<Arrived[]> {
    const connected = [...this.incoming.values()].filter(({ health }) => health === 'connected');
    return Promise.all(connected.map(async ({ user, link }) => arrivedIn(user, await link.peer.getStats())));
  }

  closeAll(): void {
    for (const { user, page } of [...this.incoming.values()]) {
      this.needs.send(user, { kind: 'bye', from: this.needs.page, to: page });
      this.close(user);
    }
    for (const timer of this.retries.values()) clearTimeout(timer);
    this.retries.clear();
  }

  private open(user: string, page: string, stream: string, peer: ReturnType<MakePeer>): Incoming {
    const link = new Link(peer, {
      candidates: (candidates) => {
        this.needs.send(user, { kind: 'ice', from: this.needs.page, to: page, stream, candidates });
      },
      health: (health) => {
        this.judge(one, health);
      },
    });
    const one: Incoming = { user, page, stream, link, remote: null, health: 'new' };
    peer.ontrack = ({ streams: [remote] }) => {
      one.remote = remote ?? null;
      if (one.health === 'connected') this.tell();
    };
    this.incoming.set(user, one);
    return one;
  }

  private judge(one: Incoming, health: Health): void {
    if (health === 'lost' && one.health === 'connected') this.interrupted.add(one.user);
    one.health = health;
    if (health === 'connected') this.relax(one.user);
    if (health === 'late') this.unreachable.add(one.user);
    if (health === 'lost') this.retry(one.user);
    this.tell();
  }

  private retry(user: string): void {
    const attempt = this.attempts.get(user) ?? 0;
    this.attempts.set(user, attempt + 1);
    if (attempt >= (this.interrupted.has(user) ? PATIENT : HOPELESS)) this.unreachable.add(user);
    clearTimeout(this.retries.get(user));
    const pause = RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)];
    this.retries.set(
      user,
      setTimeout(() => {
        this.ask(user);
        this.retry(user);
        this.tell();
      }, pause),
    );
  }

  private relax(user: string): void {
    this.attempts.delete(user);
    this.unreachable.delete(user);
    this.interrupted.delete(user);
  }

  private forget(user: string): void {
    this.relax(user);
    this.close(user);
  }

  private close(user: string): void {
    clearTimeout(this.retries.get(user));
    this.retries.delete(user);
    this.incoming.get(user)?.link.close();
    this.incoming.delete(user);
  }

  private tell(): void {
    const all = [...this.incoming.values()];
    this.needs.remotes(
      all.flatMap(({ user, remote, health }) =>
        remote !== null && health === 'connected' ? [{ userId: user, stream: remote }] : [],
      ),
    );
    this.needs.trouble(this.worst());
  }

  private worst(): Trouble | null {
    const [unreachable] = this.unreachable;
    if (unreachable !== undefined) return { kind: 'unreachable', turn: this.turn, userId: unreachable };
    const [interrupted] = this.interrupted;
    if (interrupted !== undefined) return { kind: 'interrupted', userId: interrupted };
    const [full] = this.full;
    return full === undefined ? null : { kind: 'full', userId: full };
  }
}
