/** The lyrics of a song: which line is sung at a position of it, and how much of that line. */

import type { SongWithLyrics } from '@liveroom/client';

export type Lyrics = SongWithLyrics['lyrics'];

/** Longer than this nobody sings a line: the rest of the time until the next one is music. */
const LINE_MS = 5000;

/** Return the number of the line at a position, in milliseconds; -1: none has begun. */
export function lineAt(lyrics: Lyrics, position: number): number {
  let [from, to] = [0, lyrics.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((lyrics[middle]?.time ?? 0) <= position) from = middle + 1;
    else to = middle;
  }
  return from - 1;
}

/** Return how much of a line was sung at a position, 0 to 1: lyrics do not say when a line ends. */
export function sungOf(lyrics: Lyrics, line: number, position: number): number {
  const begins = lyrics[line]?.time;
  if (begins === undefined) return 0;
  const lasts = Math.min(LINE_MS, (lyrics[line + 1]?.time ?? Infinity) - begins);
  return lasts > 0 ? Math.min(1, Math.max(0, (position - begins) / lasts)) : 1;
}
