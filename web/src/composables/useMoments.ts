/** Moments of the service (UTC, `YYYY-MM-DD HH:mm:ss`) as people near the reader's clock say them. */

import type { Language } from '../i18n/texts';

/** A moment of the service in milliseconds since 1970; NaN: it is none. */
export function readMoment(utc: string): number {
  return Date.parse(`${utc.replace(' ', 'T')}Z`);
}

/** The time of day; with the date where that is not today. */
export function momentText(utc: string, language: Language, now = Date.now()): string {
  const moment = new Date(readMoment(utc));
  if (Number.isNaN(moment.getTime())) return utc;
  const isToday = moment.toDateString() === new Date(now).toDateString();
  const locale = language === 'zh' ? 'zh-CN' : 'en';
  return moment.toLocaleString(locale, isToday ? { timeStyle: 'short' } : { dateStyle: 'medium', timeStyle: 'short' });
}
