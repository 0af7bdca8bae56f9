/** A friendly name for guests who give none, in the language that they read. */

import type { Say } from '../i18n/texts';

export function guestName(t: Say, chance: () => number = Math.random): string {
  const pick = (words: string) => {
    const all = words.split(' ');
    return all[Math.floor(chance() * all.length)] ?? '';
  };
  return t('welcome.guest.name', {
    manner: pick(t('welcome.guest.manners')),
    animal: pick(t('welcome.guest.animals')),
  });
}
