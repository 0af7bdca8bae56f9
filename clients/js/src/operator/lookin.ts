/** What a member of a mesh room shows, seen by an operator: docs/moderation.md says how signals come and go. */

import { Observable, type Stop } from '../events.js';
import { freshId } from '../ids.js';
import type { Trouble } from '../media/media.js';
import type { MakePeer } from '../media/mesh/link.js';
import { readSignal, type Signal } from '../media/mesh/signals.js';
import { Viewer } from '../media/mesh/viewer.js';
import type { Console } from './console.js';

export interface LookInState {
  /** What is shown; null until it comes, and while it is interrupted. */
  readonly stream: MediaStream | null;
  /** Why there is no picture, where that is known. */
  readonly trouble: Trouble | null;
  /** The time is over, or the operator may not listen any more. */
  readonly isOver: boolean;
}

interface WatcherNews {
  readonly roomId: string;
  readonly identity: string;
  readonly fromUserId: string;
  readonly payload: unknown;
}

type Desk = Pick<Console, 'call' | 'follow' | 'onStatus'>;

export interface LookInOptions {
  readonly makePeer?: MakePeer;
}

interface Pass {
  readonly roomId: string;
  readonly userId: string;
  readonly identity: string;
  readonly iceServers: RTCIceServer[];
}

/** The service's own limit: a clock that is wrong does not make it longer. */
const LASTS_MS = 10 * 60_000;
/** Longer than a connection takes that comes about. */
const AGAIN_MS = 10_000;
/** The address behind a relay, should a browser tell it. */
const BEHIND = /\braddr \S+ rport \d+/g;

export class LookIn extends Observable<LookInState> {
  private readonly page = freshId();
  private readonly viewer: Viewer;
  private readonly stops: Stop[] = [];
  private following = Promise.resolve();

  private constructor(
    private readonly desk: Desk,
    private readonly pass: Pass,
    lastsMs: number,
    makePeer: MakePeer,
  ) {
    super({ stream: null, trouble: null, isOver: false });
    this.viewer = new Viewer({
      page: this.page,
      makePeer: (configuration) => makePeer({ ...configuration, iceTransportPolicy: 'relay' }),
      iceServers: () => Promise.resolve(pass.iceServers),
      send: (to, signal) => {
        this.send(to, signal);
      },
      remotes: ([remote]) => {
        this.become({ ...this.state, stream: remote?.stream ?? null });
      },
      trouble: (trouble) => {
        this.become({ ...this.state, trouble });
      },
    });
    const end = setTimeout(() => {
      this.close();
    }, lastsMs);
    // Whoever shows nothing does not answer, and may begin to.
    const again = setInterval(() => {
      this.viewer.askIfBlind(pass.userId);
    }, AGAIN_MS);
    this.stops.push(
      () => {
        clearTimeout(end);
        clearInterval(again);
      },
      desk.onStatus((status) => {
        if (status === 'closed') this.close();
      }),
      desk.follow<object, WatcherNews>('console:watch', {
        state: () => {
          this.viewer.askIfBlind(pass.userId);
        },
        news: (news) => {
          this.hear(news);
        },
        ended: () => {
          this.close();
        },
      }),
    );
  }

  /** Begin to look. Throws `RefusedError` where nobody can look in unseen, or the room is not live. */
  static async begin(desk: Desk, roomId: string, userId: string, options: LookInOptions = {}): Promise<LookIn> {
    const makePeer: MakePeer = options.makePeer ?? ((configuration) => new RTCPeerConnection(configuration));
    const { identity, expire, mesh } = await desk.call('admin/watch_media', { roomId, turnOnly: true });
    const lastsMs = Date.parse(`${expire.replace(' ', 'T')}Z`) - Date.now();
    const iceServers = [...(mesh?.iceServers ?? [])];
    return new LookIn(desk, { roomId, userId, identity, iceServers }, Math.min(Math.max(lastsMs, 0), LASTS_MS), makePeer);
  }

  /** Look no more; the other side is told so. */
  close(): void {
    if (this.state.isOver) return;
    for (const stop of this.stops) stop();
    this.viewer.closeAll();
    this.become({ stream: null, trouble: null, isOver: true });
  }

  /** One signal after the other: candidates may come in the same breath as their offer. */
  private hear({ roomId, identity, fromUserId, payload }: WatcherNews): void {
    const signal = readSignal(payload);
    const { pass } = this;
    if (signal === null || roomId !== pass.roomId || identity !== pass.identity || fromUserId !== pass.userId) return;
    if ('to' in signal && signal.to !== this.page) return;
    this.following = this.following.then(() => this.follow(fromUserId, signal)).catch(() => undefined);
  }

  private async follow(user: string, signal: Signal): Promise<void> {
    if (this.isOver()) return;
    if (signal.kind === 'offer') await this.viewer.offered(user, signal.from, signal.stream, signal.sdp);
    else if (signal.kind === 'ice') await this.viewer.candidates(user, signal.stream, signal.candidates);
    else if (signal.kind === 'bye') this.viewer.parted(user, signal.from, signal.full === true);
    // Closed meanwhile, when an offer had begun to be answered.
    if (this.isOver()) this.viewer.closeAll();
  }

  private isOver(): boolean {
    return this.state.isOver;
  }

  /** A signal that cannot be told is as good as lost on the way. */
  private send(to: string, signal: Signal): void {
    const payload = JSON.parse(JSON.stringify(signal).replace(BEHIND, 'raddr 0.0.0.0 rport 0')) as Record<string, never>;
    const { roomId, identity } = this.pass;
    this.desk.call('admin/watch_signal', { roomId, identity, to, payload }).catch(() => undefined);
  }
}
