/**
 * What pages of one room say to each other, over `rtc/signal`.
 *
 * Each stream from one publisher to one viewer has a connection of its own, and only the publisher offers: nobody ever
 * renegotiates, and no two offers meet.
 *
 *     viewer                publisher
 *       |  <---- live ---------  |   (when it begins to show something)
 *       |  ----- hello ------->  |   (on coming, on `live`, and after a connection is lost)
 *       |  <---- offer --------  |
 *       |  ----- answer ------>  |
 *       |  <---- ice, ice ---->  |
 *       |  <---- bye --------->  |
 *
 * A user may have the room open twice: `from` and `to` name pages, not users.
 */

/** Operators who look in unseen answer to such a name; no user's id has a colon. They are nobody in the room. */
export function isWatcher(user: string): boolean {
  return user.startsWith('watcher:');
}

interface Named {
  readonly from: string;
}
interface OfStream extends Named {
  readonly to: string;
  readonly stream: string;
}

export type Signal =
  | ({ readonly kind: 'live' } & Named)
  | ({ readonly kind: 'hello' } & Named)
  | ({ readonly kind: 'offer'; readonly sdp: string } & OfStream)
  | ({ readonly kind: 'answer'; readonly sdp: string } & OfStream)
  | ({ readonly kind: 'ice'; readonly candidates: readonly RTCIceCandidateInit[] } & OfStream)
  | ({ readonly kind: 'bye'; readonly full?: boolean } & Named & Partial<OfStream>);

/** What each kind must have beside `from`. */
const NEEDED: Record<Signal['kind'], readonly string[]> = {
  live: [],
  hello: [],
  offer: ['to', 'stream', 'sdp'],
  answer: ['to', 'stream', 'sdp'],
  ice: ['to', 'stream'],
  bye: [],
};

/** Read what another page sent; anything that is not a signal is null. */
export function readSignal(payload: unknown): Signal | null {
  if (typeof payload !== 'object' || payload === null) return null;
  const given = payload as Partial<Record<string, unknown>>;
  const { kind, candidates } = given;
  if (typeof kind !== 'string' || !Object.hasOwn(NEEDED, kind)) return null;
  const needed = ['from', ...NEEDED[kind as Signal['kind']]];
  if (needed.some((name) => typeof given[name] !== 'string')) return null;
  if (kind === 'ice' && !Array.isArray(candidates)) return null;
  return payload as Signal;
}
