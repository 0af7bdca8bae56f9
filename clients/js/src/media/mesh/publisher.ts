/** The publisher's side of a mesh: one connection to each viewer that asks. */

import { freshId } from '../../ids.js';
import type { Reach } from '../media.js';
import { type Health, Link, type MakePeer } from './link.js';
import { isWatcher, type Signal } from './signals.js';

/** More than about eight is hard on a laptop and its uplink; some room is left for those who come back. */
export const VIEWERS_MAX = 12;
const VIDEO_BITS = 1_200_000;

interface Outgoing {
  readonly stream: string;
  readonly user: string;
  readonly page: string;
  readonly link: Link;
  health: Health | 'new';
}

export interface PublisherNeeds {
  readonly page: string;
  readonly makePeer: MakePeer;
  iceServers(): Promise<RTCIceServer[]>;
  send(to: string, signal: Signal): void;
  reach(reach: Reach): void;
}

export class Publisher {
  private readonly outgoing = new Map<string, Outgoing>();
  private shown: MediaStream | null = null;

  constructor(private readonly needs: PublisherNeeds) {}

  get publishing(): boolean {
    return this.shown !== null;
  }

  /** Show a stream: tell who is there, or put its tracks in place of those that are being sent. */
  async show(stream: MediaStream, users: readonly string[]): Promise<void> {
    const before = this.shown;
    if (before !== null && !sameKinds(before, stream)) this.hide(users);
    const begins = this.shown === null;
    this.shown = stream;
    if (begins) {
      this.announce(users);
    } else {
      await Promise.all([...this.outgoing.values()].map((one) => replaceTracks(one.link, stream)));
    }
  }

  /** Say that there is something to be seen; whoever sees it already lets it pass. */
  announce(users: readonly string[]): void {
    if (this.shown === null) return;
    for (const user of users) this.needs.send(user, { kind: 'live', from: this.needs.page });
  }

  hide(users: readonly string[]): void {
    if (this.shown === null) return;
    this.shown = null;
    for (const user of users) this.needs.send(user, { kind: 'bye', from: this.needs.page });
    this.closeAll();
  }

  /** A viewer's page asks for the stream: for the first time, or because its connection is lost. */
  async greeted(user: string, page: string): Promise<void> {
    if (!this.publishing) return;
    const iceServers = await this.needs.iceServers();
    const { shown } = this;
    if (shown === null) return;
    this.close(this.of(page));
    if (this.outgoing.size >= VIEWERS_MAX) {
      this.needs.send(user, { kind: 'bye', from: this.needs.page, to: page, full: true });
      return;
    }
    const { link, stream } = this.open(user, page, this.needs.makePeer({ iceServers }));
    addTracks(link, shown);
    await link.peer.setLocalDescription(await link.peer.createOffer());
    const sdp = link.peer.localDescription?.sdp ?? '';
    this.needs.send(user, { kind: 'offer', from: this.needs.page, to: page, stream, sdp });
    await limitBits(link);
  }

  async answered(stream: string, sdp: string): Promise<void> {
    await this.outgoing.get(stream)?.link.describe({ type: 'answer', sdp });
  }

  async candidates(stream: string, candidates: readonly RTCIceCandidateInit[]): Promise<void> {
    await this.outgoing.get(stream)?.link.add(candidates);
  }

  /** A viewer's page has no need of the stream any more. */
  parted(page: string): void {
    this.close(this.of(page));
  }

  /** Only these users are in the room; operators who look in never are. */
  keep(users: ReadonlySet<string>): void {
    for (const one of [...this.outgoing.values()]) if (!users.has(one.user) && !isWatcher(one.user)) this.close(one);
  }

  closeAll(): void {
    for (const one of [...this.outgoing.values()]) this.close(one);
  }

  private open(user: string, page: string, peer: ReturnType<MakePeer>): Outgoing {
    const stream = freshId();
    const link = new Link(peer, {
      candidates: (candidates) => {
        this.needs.send(user, { kind: 'ice', from: this.needs.page, to: page, stream, candidates });
      },
      health: (health) => {
        one.health = health;
        if (health === 'lost') this.close(one);
        else this.tell();
      },
    });
    const one: Outgoing = { stream, user, page, link, health: 'new' };
    this.outgoing.set(stream, one);
    return one;
  }

  private of(page: string): Outgoing | undefined {
    return [...this.outgoing.values()].find((one) => one.page === page);
  }

  private close(one: Outgoing | undefined): void {
    if (!one) return;
    one.link.close();
    this.outgoing.delete(one.stream);
    this.tell();
  }

  /** Whom the room's page counts: not those who look in unseen. */
  private tell(): void {
    const all = [...this.outgoing.values()].filter(({ user }) => !isWatcher(user));
    const count = (health: Health): number => all.filter((one) => one.health === health).length;
    this.needs.reach({ connected: count('connected'), unreachable: count('late') });
  }
}

/** Both kinds, whether the stream has them or not: another source may later, and takes the place without a word. */
function addTracks(link: Link, stream: MediaStream): void {
  for (const kind of ['audio', 'video'] as const) {
    const track = trackOf(stream, kind);
    link.peer.addTransceiver(track ?? kind, { direction: 'sendonly', streams: [stream] });
  }
}

/** A picture that is gone for good is another thing than one that stands still: viewers are to connect anew. */
function sameKinds(former: MediaStream, now: MediaStream): boolean {
  return (trackOf(former, 'video') === undefined) === (trackOf(now, 'video') === undefined);
}

async function replaceTracks(link: Link, stream: MediaStream): Promise<void> {
  const [audio, video] = link.peer.getSenders();
  await audio?.replaceTrack(trackOf(stream, 'audio') ?? null);
  await video?.replaceTrack(trackOf(stream, 'video') ?? null);
}

async function limitBits(link: Link): Promise<void> {
  const video = link.peer.getSenders()[1];
  const parameters = video?.getParameters();
  if (!video || !parameters?.encodings[0]) return;
  parameters.encodings[0].maxBitrate = VIDEO_BITS;
  await video.setParameters(parameters);
}

function trackOf(stream: MediaStream, kind: 'audio' | 'video'): MediaStreamTrack | undefined {
  return (kind === 'audio' ? stream.getAudioTracks() : stream.getVideoTracks())[0];
}
