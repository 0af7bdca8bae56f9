/** The service's clock, as far as its news tell it: each is a little late, and the least late one is the best. */

export class ServiceClock {
  /** By how much this device's own count is ahead. */
  private ahead = Infinity;

  /** `now`: milliseconds from any beginning. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Take the time at which something was said. */
  hear(time: number): void {
    if (time > 0) this.ahead = Math.min(this.ahead, this.now() - time);
  }

  /** Return the time of the service, in milliseconds since 1970; 0: nothing was heard yet. */
  time(): number {
    return Number.isFinite(this.ahead) ? this.now() - this.ahead : 0;
  }

  /** Return the milliseconds until a time of the service; 0: it is over, or nothing was heard yet. */
  left(until: number): number {
    return Number.isFinite(this.ahead) ? Math.max(0, until + this.ahead - this.now()) : 0;
  }
}
