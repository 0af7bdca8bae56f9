/** What a hook is, in the words of its form. */
import type { RowOf } from './api';

export type Hook = RowOf<'admin/list_hooks'>;

export const BEFORE = ['enter', 'go_live', 'role', 'text', 'upload', 'gift', 'song'] as const;
export const OTHERWISE = ['allow', 'refuse'] as const;
const ALL = ['all'];
const PATIENCE_MS = [100, 250, 500, 1000, 2000, 5000];

/** How long one can wait for a hook, in milliseconds: usual spans, and what it is now. */
export function patienceOf(now: number): readonly number[] {
  return [...new Set([...PATIENCE_MS, now])].sort((a, b) => a - b);
}

/** The names that somebody wrote, by commas or spaces. */
export function namesOf(text: string | undefined): string[] {
  return [...new Set((text ?? '').split(/[,，、\s]+/).filter((name) => name !== ''))];
}

/** The same for a change, in which nothing written means all. */
export function allOr(names: string[]): string[] {
  return names.length > 0 ? names : ALL;
}

/** Of those who were asked, how many times in a hundred no answer came; null where nobody was. */
export function failing({ allowed, refused, failed }: Pick<Hook, 'allowed' | 'refused' | 'failed'>): number | null {
  const asked = allowed + refused + failed;
  return asked === 0 ? null : Math.round((failed / asked) * 100);
}
