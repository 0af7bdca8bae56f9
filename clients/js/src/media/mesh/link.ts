/** One stream's connection, either end of it: candidates in batches, and a verdict on how it is. */

/** The part of RTCPeerConnection that is used, so that tests can play it. */
export type Peer = Pick<
  RTCPeerConnection,
  | 'addIceCandidate'
  | 'addTransceiver'
  | 'close'
  | 'connectionState'
  | 'createAnswer'
  | 'createOffer'
  | 'getSenders'
  | 'getStats'
  | 'localDescription'
  | 'onconnectionstatechange'
  | 'onicecandidate'
  | 'ontrack'
  | 'setLocalDescription'
  | 'setRemoteDescription'
>;
export type MakePeer = (configuration: RTCConfiguration) => Peer;

/** How the connection is: `lost` after having been connected or not, `late` when nothing came of it for 8 s. */
export type Health = 'connected' | 'late' | 'lost';

export interface LinkEvents {
  candidates(candidates: readonly RTCIceCandidateInit[]): void;
  health(health: Health): void;
}

export const LATE_MS = 8000;
const GATHER_MS = 40;
/** A connection that is interrupted often comes back by itself. */
const INTERRUPTED_MS = 4000;

export class Link {
  private waiting: RTCIceCandidateInit[] = [];
  private early: RTCIceCandidateInit[] = [];
  private gathering: ReturnType<typeof setTimeout> | undefined;
  private verdict: ReturnType<typeof setTimeout> | undefined;
  private described = false;
  private closed = false;

  constructor(
    readonly peer: Peer,
    private readonly events: LinkEvents,
  ) {
    this.verdict = setTimeout(() => {
      events.health('late');
    }, LATE_MS);
    peer.onicecandidate = ({ candidate }) => {
      if (candidate) this.gather(candidate.toJSON());
    };
    peer.onconnectionstatechange = () => {
      this.judge();
    };
  }

  async describe(description: RTCSessionDescriptionInit): Promise<void> {
    await this.peer.setRemoteDescription(description);
    this.described = true;
    await this.add(this.early.splice(0));
  }

  /** Take the other side's candidates; what comes before its description waits for it. */
  async add(candidates: readonly RTCIceCandidateInit[]): Promise<void> {
    if (!this.described) {
      this.early.push(...candidates);
      return;
    }
    for (const candidate of candidates) await this.peer.addIceCandidate(candidate);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.gathering);
    clearTimeout(this.verdict);
    this.peer.onicecandidate = null;
    this.peer.onconnectionstatechange = null;
    this.peer.ontrack = null;
    this.peer.close();
  }

  private gather(candidate: RTCIceCandidateInit): void {
    this.waiting.push(candidate);
    this.gathering ??= setTimeout(() => {
      this.gathering = undefined;
      this.events.candidates(this.waiting.splice(0));
    }, GATHER_MS);
  }

  private judge(): void {
    if (this.closed) return;
    const state = this.peer.connectionState;
    if (state === 'connected') {
      clearTimeout(this.verdict);
      this.events.health('connected');
    } else if (state === 'failed' || state === 'closed') {
      clearTimeout(this.verdict);
      this.events.health('lost');
    } else if (state === 'disconnected') {
      clearTimeout(this.verdict);
      this.verdict = setTimeout(() => {
        this.events.health('lost');
      }, INTERRUPTED_MS);
    }
  }
}
