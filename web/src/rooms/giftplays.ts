/** Which animations of gifts are played over the stage: one after the other, the dearest first, and only so many. */

import type { CatalogGift, SentGift } from '@liveroom/client';

import { comboOf } from './giftlanes';
import { Known } from './known';

export interface GiftPlay {
  readonly key: string;
  readonly gift: CatalogGift;
  readonly coins: number;
  /** Old news from then on, in milliseconds of the clock that `hear` is given. */
  readonly until: number;
}

/** More would still be playing when nobody remembers the gift. */
const WAITING_MAX = 8;
const WAITING_MS = 30_000;

export class GiftPlays {
  private readonly known = new Known();
  private waiting: readonly GiftPlay[] = [];
  private playing = '';

  /** Take a gift that was sent. A combo whose animation waits or plays is not played once more. */
  hear(sent: SentGift, gift: CatalogGift | undefined, now: number): void {
    if (!this.known.isNew(sent.sentId) || !gift?.animationUrl || sent.late === true) return;
    const key = comboOf(sent);
    if (key === this.playing || this.waiting.some((one) => one.key === key)) return;
    const play = { key, gift, coins: sent.coins, until: now + WAITING_MS };
    this.waiting = [...this.waiting, play].sort((one, other) => other.coins - one.coins).slice(0, WAITING_MAX);
  }

  /** Return what is played now; null: nothing waits. The one before is over. */
  next(now: number): GiftPlay | null {
    const [first, ...others] = this.waiting.filter(({ until }) => until > now);
    this.waiting = others;
    this.playing = first?.key ?? '';
    return first ?? null;
  }
}
