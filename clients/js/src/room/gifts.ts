/** Gifts of a room: what can be sent, sending, and taps that go together. `room.state.gifts` has what was sent so far. */

import { freshId } from '../ids.js';
import type { GiftCatalog, GiftReceipt, RankedGiver } from '../types.js';
import type { RoomCall } from './calls.js';
import { repeated } from './repeating.js';

export interface SendGiftOptions {
  /** How many, 1 to 999; 1 by default. */
  readonly count?: number;
  /** At most nine who are on stage; the room's owner by default. */
  readonly receiverIds?: readonly string[];
  /** The version of the price that was shown: another price is refused (3009). */
  readonly version?: number;
  readonly comboId?: string;
  /** The same key again pays once; by default a new one for each call. */
  readonly key?: string;
}

export type TapGiftOptions = Pick<SendGiftOptions, 'receiverIds' | 'version'>;

/** A tap: how many taps its combo has with it, and what comes of the call that it is sent with. */
export interface GiftTap {
  readonly combo: number;
  readonly sent: Promise<GiftReceipt>;
}

export interface GiftRankingOptions {
  /** Who was sent the most (the default), or who has sent the most, where the operator shows that (else 3000). */
  readonly by?: 'receivers' | 'senders';
  /** What was sent in this room: in its broadcast (the default), today, this week from Monday, or this month. */
  readonly period?: 'broadcast' | 'day' | 'week' | 'month';
  /** At most 100; 20 by default. */
  readonly limit?: number;
}

interface Combo {
  readonly id: string;
  count: number;
  last: number;
  /** Tapped, and not sent yet. */
  batch: Batch | null;
}

interface Batch {
  count: number;
  readonly sent: Promise<GiftReceipt>;
  readonly send: () => void;
}

const GATHER_MS = 300;
const COMBO_MS = 3000;
const COUNT_MAX = 999;

export class RoomGifts {
  private readonly catalogs = new Map<string, GiftCatalog>();
  private readonly combos = new Map<string, Combo>();

  constructor(
    private readonly call: RoomCall,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /**
   * Return what can be sent here; what has not changed since the last call is not sent again by the service.
   *
   * `language`: a BCP 47 tag; the service's own by default. Throws `RefusedError` where the service offers no gifts (3008).
   */
  async catalog({ language = '' }: { readonly language?: string } = {}): Promise<GiftCatalog> {
    const known = this.catalogs.get(language);
    const asked = { ...(language === '' ? {} : { language }), ...(known ? { revision: known.revision } : {}) };
    const answer = await this.call('gifts/catalog', asked);
    if (!answer.offered) return answer;
    if (!answer.changed && known) return known;
    this.catalogs.set(language, answer);
    return answer;
  }

  /** Return who leads in this room, those with the most coins first. Throws `RefusedError`. */
  async ranking(options: GiftRankingOptions = {}): Promise<readonly RankedGiver[]> {
    return this.call('gifts/ranking', { period: 'broadcast', ...options });
  }

  /**
   * Pay for a gift and tell the room. A call that breaks off is repeated by the same key, so that it is paid once.
   *
   * Throws `RefusedError`: 3051 for too few coins, 3005 above a cap, 3052 where the gift is not offered, 3009 for another
   * price. After a failure that is transient, whether it was paid is not known: call again with the same `key` to know.
   */
  send(giftId: string, { key = freshId(), receiverIds, ...options }: SendGiftOptions = {}): Promise<GiftReceipt> {
    const given = { count: 1, ...options, giftId, key, ...(receiverIds ? { receiverIds: [...receiverIds] } : {}) };
    return repeated(() => this.call('gifts/send', given));
  }

  /**
   * Send one, together with other taps on the same gift for the same receivers: those of 0.3 s are one call, and all are
   * one combo until there was none for 3 s, or one was refused. `sent` throws as `send` does.
   */
  tap(giftId: string, options: TapGiftOptions = {}): GiftTap {
    const combo = this.comboOf(giftId, options);
    combo.count += 1;
    combo.last = this.now();
    combo.batch ??= this.begin(giftId, combo, options);
    const batch = combo.batch;
    batch.count += 1;
    if (batch.count === COUNT_MAX) batch.send();
    return { combo: combo.count, sent: batch.sent };
  }

  /** Send at once what was tapped last. */
  close(): void {
    for (const combo of this.combos.values()) combo.batch?.send();
  }

  private comboOf(giftId: string, { receiverIds = [], version = 0 }: TapGiftOptions): Combo {
    const now = this.now();
    for (const [name, { last, batch }] of this.combos) if (!batch && now - last >= COMBO_MS) this.combos.delete(name);
    const name = [giftId, version, ...receiverIds].join(' ');
    const combo = this.combos.get(name) ?? { id: freshId(), count: 0, last: now, batch: null };
    this.combos.set(name, combo);
    return combo;
  }

  private begin(giftId: string, combo: Combo, options: TapGiftOptions): Batch {
    const { promise, resolve } = deferred<GiftReceipt>();
    const send = () => {
      clearTimeout(timer);
      combo.batch = null;
      resolve(this.deliver(giftId, batch.count, combo, options));
    };
    const timer = setTimeout(send, GATHER_MS);
    const batch: Batch = { count: 0, sent: promise, send };
    return batch;
  }

  private async deliver(giftId: string, count: number, combo: Combo, options: TapGiftOptions): Promise<GiftReceipt> {
    try {
      return await this.send(giftId, { ...options, count, comboId: combo.id });
    } catch (failure) {
      for (const [name, known] of this.combos) if (known === combo && !combo.batch) this.combos.delete(name);
      throw failure;
    }
  }
}

function deferred<Value>() {
  let resolve!: (value: Promise<Value>) => void;
  const promise = new Promise<Value>((settle) => (resolve = settle));
  return { promise, resolve };
}
