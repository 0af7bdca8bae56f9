/** Whether what somebody shows goes on, by a count that grows: of a picture's frames, or of a voice's bytes. */

/** Screens that nobody touches still send a frame a second, and microphones that are muted send silence. */
export const STILL_MS = 1800;

export class Progress {
  private last = 0;
  private since = 0;

  /** Say whether what has been going on stands still now. */
  stands(count: number, now: number): boolean {
    if (count !== this.last) {
      this.last = count;
      this.since = now;
    }
    return this.last > 0 && now - this.since >= STILL_MS;
  }

  /** Nobody can tell, for instance because the page is hidden: what was seen before counts anew from here. */
  skip(now: number): void {
    this.since = now;
  }
}
