/** What a connection's own statistics say of the stream that comes over it. */

import type { Arrived } from '../media.js';

interface Report {
  readonly type: string;
  readonly kind?: string;
  readonly timestamp: number;
  readonly bytesReceived?: number;
  readonly framesDecoded?: number;
  readonly frameWidth?: number;
  readonly frameHeight?: number;
  readonly jitterBufferDelay?: number;
  readonly jitterBufferEmittedCount?: number;
  readonly nominated?: boolean;
  readonly state?: string;
  readonly currentRoundTripTime?: number;
}

export function arrivedIn(userId: string, reports: Iterable<readonly [string, unknown]>): Arrived {
  const all = [...reports].map(([, report]) => report as Report);
  const inbound = all.filter(({ type }) => type === 'inbound-rtp');
  const video = inbound.find(({ kind }) => kind === 'video');
  const pair = all.find(({ type, nominated, state }) => type === 'candidate-pair' && nominated && state === 'succeeded');
  return {
    userId,
    at: inbound[0]?.timestamp ?? 0,
    bytes: inbound.reduce((sum, { bytesReceived = 0 }) => sum + bytesReceived, 0),
    frames: video?.framesDecoded ?? 0,
    width: video?.frameWidth ?? 0,
    height: video?.frameHeight ?? 0,
    delay: delayOf(video ?? inbound[0], pair),
  };
}

/** Half the way there and back, and the wait until the picture is whole. */
function delayOf(inbound: Report | undefined, pair: Report | undefined): number | null {
  if (inbound === undefined || pair?.currentRoundTripTime === undefined) return null;
  const { jitterBufferDelay = 0, jitterBufferEmittedCount = 0 } = inbound;
  const waits = jitterBufferEmittedCount > 0 ? jitterBufferDelay / jitterBufferEmittedCount : 0;
  return Math.round((pair.currentRoundTripTime / 2 + waits) * 1000);
}
