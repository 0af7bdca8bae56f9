/** Ranges of time as Grafana has them: relative to now, or from one time to another; both stand in the address. */

export interface Range {
  /** `now-6h`, or a time in ISO 8601. */
  readonly from: string;
  /** `now`, or a time in ISO 8601. */
  readonly to: string;
}

export interface Span {
  readonly from: Date;
  readonly to: Date;
}

const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof UNITS;
const RELATIVE = /^now-(\d{1,4})([mhd])$/;

export const QUICK = ['now-15m', 'now-1h', 'now-6h', 'now-24h', 'now-2d', 'now-7d', 'now-30d', 'now-90d'] as const;
export const USUAL: Range = { from: 'now-24h', to: 'now' };

/** How far back a relative range begins; null for another. */
export function backOf(from: string): { count: number; unit: Unit } | null {
  const [, count, unit] = RELATIVE.exec(from) ?? [];
  return count === undefined ? null : { count: Number(count), unit: unit as Unit };
}

/** The times between which a range lies; null for one that is none. */
export function spanOf({ from, to }: Range, now: number): Span | null {
  const back = backOf(from);
  const begin = back ? new Date(now - back.count * UNITS[back.unit]) : new Date(from);
  const end = to === 'now' ? new Date(now) : new Date(to);
  const isSpan = begin.getTime() < end.getTime();
  return isSpan ? { from: begin, to: end } : null;
}

/** Read the range of an address; the usual one where it has none, or a wrong one. */
export function rangeOf(query: Readonly<Record<string, unknown>>, usual: Range = USUAL): Range {
  const { from, to = 'now' } = query;
  if (typeof from !== 'string' || typeof to !== 'string') return usual;
  const range = { from, to };
  return spanOf(range, Date.now()) === null ? usual : range;
}

/** The time as a field of the kind `datetime-local` has it, in the reader's zone. */
export function fieldOf(at: Date): string {
  const local = new Date(at.getTime() - at.getTimezoneOffset() * UNITS.m);
  return local.toISOString().slice(0, 16);
}
