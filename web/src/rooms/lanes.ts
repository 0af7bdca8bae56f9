/** Lanes of words that run over the picture, of which none may run into the one before it. */

/** So long a line takes from edge to edge. */
export const CROSSING_MS = 9000;

export class Lanes {
  private readonly free: number[];

  constructor(lanes: number) {
    this.free = Array.from({ length: lanes }, () => 0);
  }

  /**
   * Take the topmost lane whose last line has let go of the edge, for a line that is `share` of the picture wide.
   * Returns null where there is none: what cannot be read apart is not shown.
   */
  take(now: number, share: number): number | null {
    const lane = this.free.findIndex((until) => until <= now);
    if (lane < 0) return null;
    // All cross in the same time, so a longer line is faster; a quarter more keeps it off the one before.
    this.free[lane] = now + (CROSSING_MS * Math.min(1.5, share) * 1.25) / (1 + Math.min(1.5, share));
    return lane;
  }
}
