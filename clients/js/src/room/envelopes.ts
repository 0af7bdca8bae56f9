/** Red envelopes of a room: `room.state.envelopes` has those that are not over, `checkEnvelope` checks a draw. */

import { freshId } from '../ids.js';
import type { Envelope, EnvelopeDraw, EnvelopePart, EnvelopeReceipt, RunningEnvelope } from '../types.js';
import type { AnyCall, RoomCall } from './calls.js';
import { repeated } from './repeating.js';

export interface SendEnvelopeOptions {
  /** `random` by default. */
  readonly split?: 'equal' | 'random';
  /** Who may grab: everyone in the room by default. */
  readonly audience?: 'everyone' | 'present' | 'followers';
  /** Seconds until it opens; 0 by default. */
  readonly opensIn?: number;
  /** Seconds for which it is open, 5 to 300; 120 by default. */
  readonly lasts?: number;
  /** The same key again pays once; by default a new one for each call. */
  readonly key?: string;
}

/** An envelope of the room that is not over. */
export interface OpenEnvelope extends Readonly<RunningEnvelope> {
  /** Parts that nobody has grabbed, as far as that was heard. */
  readonly left: number;
}

export class RoomEnvelopes {
  constructor(
    private readonly inRoom: RoomCall,
    private readonly call: AnyCall,
  ) {}

  /**
   * Put coins that the user has bought into the room. A call that breaks off is repeated by the same key.
   *
   * Throws `RefusedError`: 3051 for too few coins, 3081 where the room has three already, 3000 where only hosts may.
   */
  send(coins: number, parts: number, { key = freshId(), ...options }: SendEnvelopeOptions = {}): Promise<EnvelopeReceipt> {
    return repeated(() => this.inRoom('envelopes/send', { coins, parts, key, ...options }));
  }

  /**
   * Grab a part: one for each user; a second call answers the same.
   *
   * Throws `RefusedError`: 3079 where nothing is left, 3080 where it is for others, 3078 (with `retryAfter`) before it opens.
   */
  grab(envelopeId: string): Promise<EnvelopePart> {
    return repeated(() => this.call('envelopes/grab', { envelopeId }));
  }

  /** Return the newest of the broadcast, also those that are over. */
  list(limit = 50): Promise<Envelope[]> {
    return this.inRoom('envelopes/list', { limit });
  }

  /** Return one with who has got what; once it is over, with its seed. */
  get(envelopeId: string): Promise<EnvelopeDraw> {
    return this.call('envelopes/get', { envelopeId });
  }
}

export type CheckedDraw = Pick<Envelope, 'envelopeId' | 'coins' | 'parts' | 'split' | 'seed' | 'commitment'> & {
  readonly grabs?: readonly { readonly number: number; readonly coins: number }[];
};

export interface EnvelopeCheck {
  /** The commitment is that of the seed, and everybody has got the part that follows from it. */
  readonly valid: boolean;
  /** The coins of each part. */
  readonly amounts: readonly number[];
}

const WORD = 1n << 64n;

/** Compute a draw from its seed (docs/envelopes.md): `commitment` is to be that of the event `envelope.sent`. */
export async function checkEnvelope({ envelopeId, coins, parts, split, seed, commitment, grabs = [] }: CheckedDraw): Promise<EnvelopeCheck> {
  if (!/^[0-9a-f]{64}$/.test(seed)) return { valid: false, amounts: [] };
  const terms = ['liveroom-envelope-1', envelopeId, coins, parts, split, seed].join('\n');
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(terms));
  const amounts = split === 'equal' ? evenly(coins, parts) : await cutAt(coins, parts, seed);
  const given = grabs.every(({ number, coins: got }) => amounts[number - 1] === got);
  return { valid: given && hex(digest) === commitment, amounts };
}

function evenly(coins: number, parts: number): number[] {
  return Array.from({ length: parts }, (_, place) => Math.floor(coins / parts) + (place < coins % parts ? 1 : 0));
}

async function cutAt(coins: number, parts: number, seed: string): Promise<number[]> {
  const key = await crypto.subtle.importKey('raw', bytesOf(seed), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const places = BigInt(coins - 1);
  const cuts = new Set([0, coins]);
  for (let n = 0n; cuts.size < parts + 1; n += 1n) {
    const message = new DataView(new ArrayBuffer(8));
    message.setBigUint64(0, n);
    const word = new DataView(await crypto.subtle.sign('HMAC', key, message.buffer)).getBigUint64(0);
    if (word < WORD - (WORD % places)) cuts.add(1 + Number(word % places));
  }
  const ends = [...cuts].sort((a, b) => a - b);
  return ends.slice(1).map((end, place) => end - (ends[place] ?? 0));
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

function hex(bytes: ArrayBuffer): string {
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
