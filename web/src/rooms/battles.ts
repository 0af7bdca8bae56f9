/** Battles in words and widths. */

import type { Battle, BattleOutcome, BattleSide } from '@liveroom/client';

import type { TextKey } from '../i18n/en';

type Outcome = BattleOutcome['rooms'][number]['result'];

/** Nobody's part of the bar is so narrow that its score cannot be read. */
const LEAST = 0.14;
const SECOND_MS = 1000;
const MINUTE_S = 60;

/** Return what came of an invitation, in words; null where it speaks for itself. */
export function battleOutcomeText(result: Outcome | undefined): TextKey | null {
  switch (result) {
    case 'roomNotExists':
      return 'connect.missing';
    case 'connectingOtherRoom':
      return 'connect.elsewhere';
    case 'connectionFull':
      return 'connect.full';
    case 'battling':
      return 'battle.busy';
    case 'limitReached':
      return 'battle.limit';
    default:
      return null;
  }
}

/** Return the part of the bar that each side has, 1 together. */
export function partsOf(sides: readonly Pick<BattleSide, 'score'>[]): readonly number[] {
  const total = sides.reduce((sum, { score }) => sum + Math.max(0, score), 0);
  const wide = sides.map(({ score }) => Math.max(LEAST, total === 0 ? 1 / sides.length : Math.max(0, score) / total));
  const all = wide.reduce((sum, one) => sum + one, 0);
  return wide.map((one) => one / all);
}

/** Return a time as clocks show it; a second that has begun counts. */
export function clockText(left: number): string {
  const seconds = Math.ceil(left / SECOND_MS);
  return `${Math.floor(seconds / MINUTE_S)}:${String(seconds % MINUTE_S).padStart(2, '0')}`;
}

export type Outcomes = 'draw' | 'won' | 'lost';

/** Return what a battle came to for a side; null: it is not over. */
export function resultFor({ state, winner }: { readonly state: Battle['state']; readonly winner?: number | undefined }, side: number | undefined): Outcomes | null {
  if (state !== 'result' || winner === undefined) return null;
  if (winner === 0) return 'draw';
  return winner === side ? 'won' : 'lost';
}
