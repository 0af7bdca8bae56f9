/** The chat of a recording in step with it: what was said up to a place, of which only what lies around is loaded. */

import type { ChatPlace, ReplayMessage } from '@liveroom/client';

const PAGE = 200;
const SHOWN = 100;
/** What was said so long before the place is loaded with it. */
const BEFORE_MS = 120_000;
/** So far ahead of the place is loaded. */
const AHEAD_MS = 30_000;
/** Farther than that it is not loaded page by page, but begun anew. */
const FAR_MS = 300_000;
const AGAIN_MS = 5000;

export class ReplayChat {
  private messages: readonly ReplayMessage[] = [];
  /** From where on it is loaded; null: nothing is. */
  private since: number | null = null;
  private isWhole = false;
  private isReading = false;
  private paused = 0;

  constructor(
    private readonly read: (where: ChatPlace) => Promise<readonly ReplayMessage[]>,
    /** There is more to show. */
    private readonly changed: () => void,
    private readonly now: () => number = Date.now,
  ) {}

  /** What was said up to a place, the newest hundred. */
  shown(place: number): readonly ReplayMessage[] {
    return this.messages.filter(({ at }) => at <= place).slice(-SHOWN);
  }

  /** Load what is missing around a place. */
  async move(place: number): Promise<void> {
    if (this.isReading || this.now() < this.paused) return;
    if (!this.isAround(place)) {
      this.since = Math.round(Math.max(0, place - BEFORE_MS));
      this.messages = [];
      this.isWhole = false;
    }
    if (!this.isWhole && this.end() <= place + AHEAD_MS) await this.load();
  }

  private isAround(place: number): boolean {
    return this.since !== null && place >= this.since && (this.isWhole || place <= this.end() + FAR_MS);
  }

  private async load(): Promise<void> {
    this.isReading = true;
    try {
      const after = this.messages.at(-1)?.messageId;
      const found = await this.read({ limit: PAGE, ...(after === undefined ? { since: this.since ?? 0 } : { after }) });
      this.messages = [...this.messages, ...found];
      this.isWhole = found.length < PAGE;
    } catch {
      this.paused = this.now() + AGAIN_MS;
    } finally {
      this.isReading = false;
      this.changed();
    }
  }

  private end(): number {
    return this.messages.at(-1)?.at ?? this.since ?? 0;
  }
}
