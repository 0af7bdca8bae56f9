/** Moments of the service (UTC, `YYYY-MM-DD HH:mm:ss`) as people near the reader's clock say them. */

import type { Language } from '../i18n/texts';

const DAY_MS = 86_400_000;

/** The time of day; with the date where that is not within a day of now. */
export function momentText(utc: string, language: Language, now = Date.now()): string {
  const moment = new Date(`${utc.replace(' ', 'T')}Z`);
  if (Number.isNaN(moment.getTime())) return utc;
  const near = Math.abs(moment.getTime() - now) < DAY_MS;
  const locale = language === 'zh' ? 'zh-CN' : 'en';
  return moment.toLocaleString(locale, near ? { timeStyle: 'short' } : { dateStyle: 'medium', timeStyle: 'short' });
}
