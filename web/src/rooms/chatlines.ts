/** The lines of the chat: what is said, and between it the gifts that were sent, a combo in one line. */

import type { Message, RoomEvent, SentGift } from '@liveroom/client';

import { comboOf, totalOf } from './giftlanes';
import { Known } from './known';

interface Placed {
  readonly key: string;
  /** When it came, in milliseconds since 1970: the order of all lines. */
  readonly at: number;
}

export interface MessageLine extends Placed {
  readonly kind: 'message';
  readonly message: Message;
}

export interface GiftLine extends Placed {
  readonly kind: 'gift';
  readonly sent: SentGift;
  readonly total: number;
}

/** Gifts that were not told one by one. */
export interface MoreLine extends Placed {
  readonly kind: 'more';
  readonly count: number;
}

export type ChatLine = MessageLine | GiftLine | MoreLine;

/** More would push out what people say. */
const GIFTS_MAX = 60;
/** What comes so soon after the last of its kind is added to it. */
const GATHER_MS = 10_000;

export class GiftLines {
  private readonly known = new Known();
  lines: readonly (GiftLine | MoreLine)[] = [];

  /** Take an event of the room; say whether it changed the lines. */
  hear(event: RoomEvent): boolean {
    if (event.type !== 'gift.sent' && event.type !== 'gift.more') return false;
    const at = Date.parse(event.time);
    if (event.type === 'gift.more') this.count(event.data.count, at, `more ${event.epoch} ${event.seq}`);
    else if (!this.known.isNew(event.data.sentId)) return false;
    else this.take(event.data, at);
    return true;
  }

  private take(sent: SentGift, at: number): void {
    const key = comboOf(sent);
    const grown = this.lines.find((one) => one.key === key);
    if (grown?.kind === 'gift') this.put(grown, { ...grown, sent, total: Math.max(grown.total, totalOf(sent)) });
    else this.add({ kind: 'gift', key, at, sent, total: totalOf(sent) });
  }

  private count(more: number, at: number, key: string): void {
    const last = this.lines.filter(({ kind }) => kind === 'more').at(-1);
    if (last?.kind === 'more' && at - last.at < GATHER_MS) this.put(last, { ...last, count: last.count + more });
    else this.add({ kind: 'more', key, at, count: more });
  }

  private put(former: GiftLine | MoreLine, next: GiftLine | MoreLine): void {
    this.lines = this.lines.map((one) => (one === former ? next : one));
  }

  private add(line: GiftLine | MoreLine): void {
    this.lines = [...this.lines, line].slice(-GIFTS_MAX);
  }
}

/** Return all lines in the order in which they came. */
export function linesOf(messages: readonly Message[], gifts: readonly (GiftLine | MoreLine)[]): readonly ChatLine[] {
  const said = messages.map((message): MessageLine => ({ kind: 'message', key: message.messageId, at: Number(message.messageId), message }));
  return gifts.length === 0 ? said : [...said, ...gifts].sort((one, other) => one.at - other.at);
}
