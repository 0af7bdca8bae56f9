/** Moments of the service (UTC, `YYYY-MM-DD HH:mm:ss`) as people near the reader's clock say them. */

import type { Language } from '../i18n/texts';

/** The time of day; with the date where that is not today. */
export function momentText(utc: string, language: Language, now = Date.now()): string {
  const moment = new Date(`${utc.replace(' ', 'T')}Z`);
  if (Number.isNaN(moment.getTime())) return utc;
  const isToday = moment.toDateString() === new Date(now).toDateString();
  const locale = language === 'zh' ? 'zh-CN' : 'en';
  return moment.toLocaleString(locale, isToday ? { timeStyle: 'short' } : { dateStyle: 'medium', timeStyle: 'short' });
}
