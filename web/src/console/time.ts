/** Times as the service writes them (UTC, `2026-01-01 00:00:00`) and as people read them. */

const SECOND = 1000;
const STEPS = [
  ['s', SECOND, 60 * SECOND],
  ['m', 60 * SECOND, 3600 * SECOND],
  ['h', 3600 * SECOND, 86_400 * SECOND],
  ['d', 86_400 * SECOND, Infinity],
] as const;
const FIVE_SECONDS = 5 * SECOND;
const NEVER_ENDS = 9999;

export type AgoKey = 'ago.now' | `${'ago' | 'until'}.${'s' | 'm' | 'h' | 'd'}`;

/** Read a time of the service; null for none. */
export function readTime(wire: string): Date | null {
  if (wire === '') return null;
  const iso = /[zZ]|[+-]\d\d:?\d\d$/.test(wire) ? wire : `${wire.replace(' ', 'T')}Z`;
  const read = new Date(iso);
  return Number.isNaN(read.getTime()) ? null : read;
}

/** Write a time as the service reads it. */
export function wireTime(at: Date): string {
  return at.toISOString().slice(0, 19).replace('T', ' ');
}

/** Say whether a time means that something never ends. */
export function isForEver(at: Date): boolean {
  return at.getUTCFullYear() >= NEVER_ENDS;
}

/** How long ago a time was, or until when it is: the text, and its number. */
export function distance(at: Date, now: number): { key: AgoKey; count: number } {
  const apart = now - at.getTime();
  if (Math.abs(apart) < FIVE_SECONDS) return { key: 'ago.now', count: 0 };
  const [unit, size] = STEPS.find(([, , most]) => Math.abs(apart) < most) ?? STEPS[3];
  return { key: `${apart > 0 ? 'ago' : 'until'}.${unit}`, count: Math.floor(Math.abs(apart) / size) };
}

const DATE: Intl.DateTimeFormatOptions = { year: 'numeric', month: '2-digit', day: '2-digit' };
const CLOCK: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' };

/** A time in the reader's own zone: with its date, unless it is today. */
export function written(at: Date, language: 'en' | 'zh', now: number): string {
  const locale = language === 'zh' ? 'zh-CN' : 'en-GB';
  const today = new Date(now).toDateString() === at.toDateString();
  return new Intl.DateTimeFormat(locale, today ? CLOCK : { ...DATE, ...CLOCK }).format(at);
}

/** A span of time, short: `3 min 20 s`. */
export function lasted(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / SECOND));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  if (hours > 0) return `${hours}:${String(minutes).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
  return `${minutes}:${String(seconds % 60).padStart(2, '0')}`;
}
