/** Peer connections that are played: two that have each other's description are connected, where the network lets them. */

import type { Peer } from '../src/media/mesh/link.js';

interface Sent {
  kind: string;
  track: MediaStreamTrack | null;
}

export class Network {
  open = true;
  readonly peers: FakePeer[] = [];

  /** As `new RTCPeerConnection`. */
  readonly make = (configuration: RTCConfiguration): Peer => {
    const peer = new FakePeer(this, this.peers.length, configuration);
    this.peers.push(peer);
    return peer as unknown as Peer;
  };

  get connected(): FakePeer[] {
    return this.peers.filter((peer) => peer.connectionState === 'connected');
  }
}

export class FakePeer {
  connectionState = 'new';
  localDescription: { type: string; sdp: string } | null = null;
  onicecandidate: ((event: { candidate: { toJSON(): object } | null }) => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  ontrack: ((event: { streams: unknown[] }) => void) | null = null;
  readonly added: unknown[] = [];
  readonly senders: Sent[] = [];
  private other: FakePeer | undefined;
  private stream: unknown;

  constructor(
    private readonly network: Network,
    readonly id: number,
    readonly configuration: RTCConfiguration,
  ) {}

  addTransceiver(what: string | MediaStreamTrack, { streams }: { streams: unknown[] }) {
    const track = typeof what === 'string' ? null : what;
    const sent: Sent = { kind: typeof what === 'string' ? what : what.kind, track };
    this.senders.push(sent);
    this.stream = streams[0];
  }

  getSenders() {
    return this.senders.map((sent) => ({
      replaceTrack(track: MediaStreamTrack | null) {
        sent.track = track;
        return Promise.resolve();
      },
      getParameters: () => ({ encodings: [{}] }),
      setParameters: () => Promise.resolve(),
    }));
  }

  createOffer() {
    return Promise.resolve({ type: 'offer', sdp: `offer of ${this.id}` });
  }

  createAnswer() {
    return Promise.resolve({ type: 'answer', sdp: `answer of ${this.id}` });
  }

  setLocalDescription(description: { type: string; sdp: string }) {
    this.localDescription = description;
    for (const name of ['a', 'b'])
      this.onicecandidate?.({ candidate: { toJSON: () => ({ candidate: `${name}${this.id}` }) } });
    return Promise.resolve();
  }

  setRemoteDescription({ type, sdp }: { type: string; sdp: string }) {
    this.other = this.network.peers[Number(sdp.split(' ').at(-1))];
    if (type === 'offer') this.ontrack?.({ streams: [this.other?.stream] });
    return Promise.resolve();
  }

  /** The first candidate of the other side is enough. */
  addIceCandidate(candidate: unknown) {
    this.added.push(candidate);
    if (this.network.open && this.other && this.other.added.length > 0) {
      this.become('connected');
      this.other.become('connected');
    }
    return Promise.resolve();
  }

  become(state: string) {
    if (this.connectionState === state || this.connectionState === 'closed') return;
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }

  close() {
    this.connectionState = 'closed';
  }
}
