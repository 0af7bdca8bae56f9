/** How good a picture is that arrives: what came between two looks. */

import type { Arrived } from '@liveroom/client/media';

export interface Quality {
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  readonly kilobits: number;
  readonly delay: number | null;
}

export function qualityOf(before: Arrived | undefined, now: Arrived): Quality | null {
  const seconds = before ? (now.at - before.at) / 1000 : 0;
  // A connection that is new counts from nothing again.
  if (!before || seconds <= 0 || now.bytes < before.bytes) return null;
  return {
    width: now.width,
    height: now.height,
    framesPerSecond: Math.round((now.frames - before.frames) / seconds),
    kilobits: Math.round(((now.bytes - before.bytes) * 8) / 1000 / seconds),
    delay: now.delay,
  };
}
