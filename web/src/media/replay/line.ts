/** The line on which a recording of several files plays. All numbers are milliseconds. */

import type { RecordingReplay } from '@liveroom/client';

export type ReplayFile = RecordingReplay['line'][number];

/** Return which file is played at a place, and from where in it; the last one from its end on behind all of them. */
export function fileAt(line: readonly ReplayFile[], place: number): { index: number; within: number } {
  const found = line.findIndex(({ offset, length }) => place < offset + length);
  const index = found === -1 ? line.length - 1 : found;
  const { offset = 0, length = 0 } = line[index] ?? {};
  return { index, within: Math.min(Math.max(0, place - offset), length) };
}

/** Return the place at which so much of a file has been played. */
export function placeOf({ offset, length }: ReplayFile, within: number): number {
  return offset + (length > 0 ? Math.min(within, length) : within);
}
