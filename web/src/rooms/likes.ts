/** Likes: taps are counted at once, sent together once a second, and shown once however the news of them come. */

import { freshId } from '@liveroom/client';

import { isRefusal } from '../api/answer';

export interface LikesNeeds {
  /** Send a batch; the same one again counts nothing. Returns the room's likes. */
  send(count: number, batchId: string): Promise<number>;
  /** How many to show now. */
  shown(likes: number): void;
  refused(failure: unknown): void;
}

const BATCH_MAX = 100;
const PAUSE_MS = 1000;
/** The first tap of a while: others are to see it soon. */
const FIRST_MS = 150;
const TRIES = 5;

export class Likes {
  private total = 0;
  /** Tapped and not sent. */
  private waiting = 0;
  private sending = false;
  /** Sent, and neither answered nor told: not in `total` yet. */
  private uncounted = 0;
  /** Sent, and not yet told to the room as part of somebody's likes. */
  private echo = 0;
  private shown = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private last = -PAUSE_MS;

  constructor(
    private readonly needs: LikesNeeds,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The room has so many likes: a first state, or a fresh one. */
  begin(total: number): void {
    this.total = total;
    this.shown = 0;
    this.tell();
  }

  tap(): void {
    this.waiting += 1;
    this.tell();
    this.plan();
  }

  /** The room was told of likes; returns how many of those are somebody else's. */
  hear(likes: number, added: number): number {
    const own = Math.min(this.echo, added);
    this.echo -= own;
    this.uncounted = Math.max(0, this.uncounted - own);
    this.total = Math.max(this.total, likes);
    this.tell();
    return added - own;
  }

  /** What was tapped last is sent, and nothing after it. */
  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.waiting > 0) void this.flush();
  }

  private plan(): void {
    if (this.waiting === 0 || this.sending) return;
    this.timer ??= setTimeout(
      () => {
        this.timer = undefined;
        void this.flush();
      },
      Math.max(FIRST_MS, this.last + PAUSE_MS - this.now()),
    );
  }

  private async flush(): Promise<void> {
    const count = Math.min(this.waiting, BATCH_MAX);
    this.waiting -= count;
    this.sending = true;
    this.uncounted = count;
    this.echo += count;
    this.last = this.now();
    try {
      this.total = Math.max(this.total, await this.deliver(count));
    } catch (failure) {
      this.shown -= count;
      this.echo = Math.max(0, this.echo - count);
      this.needs.refused(failure);
    }
    this.sending = false;
    this.uncounted = 0;
    this.tell();
    this.plan();
  }

  /** An answer that does not come may have been lost on its way back: the batch goes again, by the same name. */
  private async deliver(count: number): Promise<number> {
    const batchId = freshId();
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.needs.send(count, batchId);
      } catch (failure) {
        if (isRefusal(failure) || attempt >= TRIES) throw failure;
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt));
      }
    }
  }

  /** Never backwards: news of likes that are under way come before or after their answer. */
  private tell(): void {
    this.shown = Math.max(this.shown, this.total + this.waiting + this.uncounted);
    this.needs.shown(this.shown);
  }
}
