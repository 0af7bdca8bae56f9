/** Which gifts are shown over the stage, and until when: a few at a time, and a combo grows where it stands. */

import type { SentGift } from '@liveroom/client';

import { Known } from './known';

/** From this level on a gift is shown larger and longer. */
export const BIG_LEVEL = 3;
const SHOWN_MS = 3500;
const BIG_MS = 6000;
/** Who waits longer than this is old news; the dearest stay. */
const WAITING_MAX = 40;

export interface LaneGift {
  readonly key: string;
  readonly sent: SentGift;
  readonly total: number;
  readonly big: boolean;
  /** Shown until then, in milliseconds of the clock that `hear` is given. */
  readonly until: number;
}

export class GiftLanes {
  private waiting: LaneGift[] = [];
  private readonly known = new Known();
  shown: readonly LaneGift[] = [];

  constructor(private readonly lanes: number) {}

  /** Take a gift of this level; one that is told twice is shown once. */
  hear(sent: SentGift, level: number, now: number): void {
    if (!this.known.isNew(sent.sentId)) return;
    const big = level >= BIG_LEVEL;
    const key = comboOf(sent);
    const grow = (one: LaneGift) => (one.key === key ? { ...one, sent, total: Math.max(one.total, totalOf(sent)), until: now + timeOf(one) } : one);
    if (this.shown.some((one) => one.key === key)) this.shown = this.shown.map(grow);
    else if (this.waiting.some((one) => one.key === key)) this.waiting = this.waiting.map(grow);
    else this.waiting = [...this.waiting, { key, sent, total: totalOf(sent), big, until: 0 }].sort(dearFirst).slice(0, WAITING_MAX);
    this.pass(now);
  }

  /** Let go of what has been shown, and show what waits. */
  pass(now: number): void {
    const still = this.shown.filter(({ until }) => until > now);
    const free = this.lanes - still.length;
    const next = this.waiting.slice(0, free).map((one) => ({ ...one, until: now + timeOf(one) }));
    if (next.length === 0 && still.length === this.shown.length) return;
    this.waiting = this.waiting.slice(next.length);
    this.shown = [...still, ...next];
  }

  /** When something changes next without anything being heard; null: nothing is shown. */
  get next(): number | null {
    return this.shown.length === 0 ? null : Math.min(...this.shown.map(({ until }) => until));
  }
}

/** What goes together: the taps of one combo for one receiver; a gift that is in none stands alone. */
export function comboOf({ sentId, comboId, senderId, receiverId }: SentGift): string {
  return comboId ? [senderId, comboId, receiverId].join(' ') : sentId;
}

/** How many the combo has, as far as this gift says. */
export function totalOf({ comboTotal, count }: SentGift): number {
  return Math.max(comboTotal ?? 0, count);
}

function timeOf({ big }: LaneGift): number {
  return big ? BIG_MS : SHOWN_MS;
}

function dearFirst(one: LaneGift, other: LaneGift): number {
  return other.sent.coins - one.sent.coins;
}
