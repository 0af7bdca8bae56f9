/** Pictures and sound of a room, whoever carries them: the one interface of all adapters. */

import type { Member } from '../types.js';

export type Provider = 'mesh' | 'trtc' | 'livekit';

/** What somebody in the room shows: live tracks that come and go with the stream. */
export interface Remote {
  readonly userId: string;
  readonly stream: MediaStream;
}

/**
 * What keeps pictures from arriving.
 *
 * `unreachable`: no way between the two browsers within 8 s; `turn` says whether a relay was configured.
 * `interrupted`: it was there, was cut off without a goodbye, and is being asked for again.
 * `full`: whoever shows something serves as many viewers as they can. `provider`: the vendor's SDK says no.
 * `no_socket`: browsers find each other through the service's socket, and it has none.
 */
export type Trouble =
  | { readonly kind: 'unreachable'; readonly turn: boolean; readonly userId: string }
  | { readonly kind: 'interrupted'; readonly userId: string }
  | { readonly kind: 'full'; readonly userId: string }
  | { readonly kind: 'provider'; readonly detail: string }
  | { readonly kind: 'no_socket' };

/** To how many a mesh's publisher sends, and to how many it cannot. */
export interface Reach {
  readonly connected: number;
  readonly unreachable: number;
}

export interface Present {
  readonly members: readonly Member[];
  readonly publishers: ReadonlySet<string>;
  /** False: there are more members, and maybe more hosts. */
  readonly complete: boolean;
  /** True: others than the members may watch, who are in connected rooms. */
  readonly guests?: boolean;
}

/** How what somebody shows has arrived until now. */
export interface Arrived {
  readonly userId: string;
  /** Milliseconds, by a clock that only goes forward. */
  readonly at: number;
  readonly bytes: number;
  readonly frames: number;
  readonly width: number;
  readonly height: number;
  /** Milliseconds from the sender's network to the picture on this screen, as far as it can be measured. */
  readonly delay: number | null;
}

export interface MediaEvents {
  remotes(remotes: readonly Remote[]): void;
  trouble(trouble: Trouble | null): void;
  reach(reach: Reach): void;
}

/** What is optional is for providers whose rooms know nothing of their members by themselves. */
export interface Media {
  /** Be ready to receive. */
  join(): Promise<void>;
  /** Show a stream to everybody; a second one takes the place of the first. */
  publish(stream: MediaStream): Promise<void>;
  withdraw(): Promise<void>;
  /** Who is in the room now, and who of them may show something; of a crowd these are only some. */
  members?(present: Present): void;
  /** What this user may show has changed: let the provider know by a fresh credential. */
  renew?(): Promise<void>;
  /** The session is connected again: what was said meanwhile may be lost. */
  refresh?(): void;
  /** A signal from another member's client. */
  hear?(from: string, payload: unknown): void;
  /** Say how what others show arrives, where the provider can tell. */
  measure?(): Promise<readonly Arrived[]>;
  close(): void;
}

export interface Credential {
  readonly provider: Provider;
  readonly role: string;
  readonly expire: string;
  readonly mesh?: { readonly iceServers: readonly RTCIceServer[] };
  readonly trtc?: {
    readonly sdkAppId: number;
    readonly userId: string;
    readonly userSig: string;
    readonly privateMapKey: string;
    readonly roomIdKind: 'number' | 'string';
  };
  readonly livekit?: { readonly url: string; readonly token: string };
}

/** What any adapter needs of the room. */
export interface Surroundings {
  readonly me: string;
  readonly roomId: string;
  /** A fresh credential for what the user is in the room now. */
  credential(): Promise<Credential>;
  /** Whether the user may show something now. */
  publishes(): boolean;
  /** Send a signal to another member's client. */
  signal(to: string, payload: object): Promise<void>;
  readonly events: MediaEvents;
}

/** Makes a provider's media for a room. */
export type Adapter = (around: Surroundings) => Media;

/** The adapters of an app, each loaded when a room needs it: `{ mesh: () => import('@liveroom/client/mesh') }`. */
export type Adapters = Readonly<Partial<Record<Provider, () => Promise<{ readonly adapter: Adapter }>>>>;
