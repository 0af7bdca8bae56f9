/** Rules of bonuses for targets, as the console's form has them. */
import type { Data } from '@liveroom/client';

type Said = Data<'admin/bonus_rules'>['rules'][number];
export type BonusRule = Required<Said>;
type Terms = Omit<BonusRule, 'id'>;

export const WHOSE = ['host', 'agency'] as const;

/** A rule with all its numbers: those that are 0 may be left out of an answer. */
export function whole({ id, whose, points = 0, hours = 0, bonusPoints = 0, bonusPerMille = 0 }: Said): BonusRule {
  return { id, whose, points, hours, bonusPoints, bonusPerMille };
}

/** What was written in the form. Agencies have no hours. */
export function numbersOf(values: Readonly<Record<string, string>>): Terms {
  const whose = values.whose === 'agency' ? 'agency' : 'host';
  const number = (name: string) => Number(values[name] ?? 0);
  return {
    whose,
    points: number('points'),
    hours: whose === 'agency' ? 0 : number('hours'),
    bonusPoints: number('bonusPoints'),
    bonusPerMille: number('bonusPerMille'),
  };
}

/** All rules by their ids, with one of them another, new, or gone. */
export function withRule(rules: readonly Said[], id: string, rule: Terms | null): Record<string, Terms> {
  const others = rules.filter((one) => one.id !== id).map(whole).map(({ id: own, ...terms }) => [own, terms] as const);
  return Object.fromEntries(rule ? [...others, [id, rule]] : others);
}
