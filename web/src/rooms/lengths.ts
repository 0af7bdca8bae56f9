/** Lengths of songs as players write them. */

const MINUTE = 60;

/** Return seconds as minutes and seconds: `3:07`. */
export function lengthOf(seconds: number): string {
  return `${Math.floor(seconds / MINUTE)}:${String(Math.floor(seconds) % MINUTE).padStart(2, '0')}`;
}
