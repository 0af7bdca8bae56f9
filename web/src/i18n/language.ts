/** The reader's language: the browser's, until they choose another. The live page and the console share the choice. */

import { ref, watchEffect } from 'vue';

export type Language = 'en' | 'zh';
export type Values = Readonly<Record<string, string | number>>;

const KEPT_AS = 'liveroom.language';

/** Return the first of the browser's languages that we speak; else English. */
export function languageOf(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const primary = tag.toLowerCase().split('-')[0];
    if (primary === 'zh' || primary === 'en') return primary;
  }
  return 'en';
}

/** Put values in place of `{name}`. */
export function fill(text: string, values: Values = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export const language = ref<Language>(kept() ?? languageOf(navigator.languages));

watchEffect(() => {
  document.documentElement.lang = language.value === 'zh' ? 'zh-CN' : 'en';
});

export function choose(chosen: Language): void {
  language.value = chosen;
  localStorage.setItem(KEPT_AS, chosen);
}

/** For calls: in which language the service should answer. */
export function spokenLanguage(): string {
  return language.value === 'zh' ? 'zh-CN' : 'en';
}

function kept(): Language | null {
  const value = localStorage.getItem(KEPT_AS);
  return value === 'en' || value === 'zh' ? value : null;
}
