/** Money as operators move it: what an approval is about, and attempts that count once however often they are made. */
import { freshId } from '@liveroom/client';

import type { RowOf } from './api';
import { readTime, wireTime } from './time';

export type Approval = RowOf<'admin/list_approvals'>;

/** What can be put into a wallet, or out of it: a kind, and for those that put a balance right a currency and a sign. */
export const MOVES = ['purchase', 'grant', 'adjust.coin', 'adjust.-coin', 'adjust.point', 'adjust.-point'] as const;
export type MoveName = (typeof MOVES)[number];
/** What can be taken back. */
export const CREDITS: ReadonlySet<string> = new Set(['purchase', 'grant', 'adjust']);
const DAY_MS = 86_400_000;
const LASTS_MS = 7 * DAY_MS;

/** Say whether a request has waited, or an approval lain, for too long. */
export function hasLapsed({ state, timeUtc, decidedUtc }: Approval, now: number): boolean {
  const since = state === 'asked' ? timeUtc : state === 'approved' ? decidedUtc : '';
  return since !== '' && now - (readTime(since)?.getTime() ?? now) > LASTS_MS;
}

/** The period of which the bonuses are asked for: the key says it, and the attempt. */
export const periodOf = (key: string): string => key.split(':')[0] ?? '';

/** What a move is called with, beside user, key and reason. */
export function creditOf(move: MoveName, amount: number) {
  const [kind = '', said = 'coin'] = move.split('.');
  return { kind, currency: said.replace('-', ''), amount: said.startsWith('-') ? -amount : amount };
}

/** One thing that is to be done once: its key and what was said stay as they are until it is known what came of it. */
export interface Attempt {
  key: string;
  /** What was written, to begin with it the next time. */
  values: Readonly<Record<string, string>>;
  /** The moment that was chosen, since every attempt has to say the same. */
  expires: string;
  tried: boolean;
}

export class Attempts {
  private readonly open = new Map<string, Attempt>();

  /** Go on with what was begun, or begin. */
  of(what: string): Attempt {
    const found = this.open.get(what) ?? { key: `console-${freshId()}`, values: {}, expires: '', tried: false };
    this.open.set(what, found);
    return found;
  }

  /** It is known what came of it. */
  end(what: string): void {
    this.open.delete(what);
  }
}

/** Note what is attempted now. The moment that days lead to stays the same while they are the same. */
export function attempted(attempt: Attempt, values: Readonly<Record<string, string>>, now: number): void {
  const { days = '', key = '' } = values;
  if (days === '') attempt.expires = '';
  else if (attempt.values.days !== days || attempt.expires === '') attempt.expires = wireTime(new Date(now + Number(days) * DAY_MS));
  Object.assign(attempt, { key: key.trim() || attempt.key, values, tried: true });
}
