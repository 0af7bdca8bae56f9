/** Whether a picture still moves, by the number of its frames. */

/** Screens that nobody touches still send a frame a second. */
export const STILL_MS = 1800;

export class Frames {
  private last = 0;
  private since = 0;

  /** Say whether a picture that has been moving stands still now. */
  stands(frames: number, now: number): boolean {
    if (frames !== this.last) {
      this.last = frames;
      this.since = now;
    }
    return this.last > 0 && now - this.since >= STILL_MS;
  }

  /** Nobody can tell, for instance because the page is hidden: what was seen before counts anew from here. */
  skip(now: number): void {
    this.since = now;
  }
}
