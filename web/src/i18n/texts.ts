/** The page's texts in the reader's language: the browser's, until they choose another. */

import { RefusedError } from '@liveroom/client';
import { computed } from 'vue';

import { en, type TextKey } from './en';
import { choose, fill, type Language, language, type Values } from './language';
import { zh } from './zh';

export { fill, type Language, languageOf, spokenLanguage, type Values } from './language';

export type Say = (key: TextKey, values?: Values) => string;

export const LANGUAGES: Record<Language, Readonly<Record<TextKey, string>>> = { en, zh };
const GONE = 'gone-';

/** Choose the text for one, where there is a special one. */
export function counted(key: TextKey, count: number): TextKey {
  const one = `${key}.one`;
  return count === 1 && one in en ? (one as TextKey) : key;
}

/** How many seconds a refusal asks to wait; 0 where it asks for nothing. */
export function secondsOf(failure: unknown): number {
  return (failure instanceof RefusedError ? failure.retryAfter : null) ?? 0;
}

/** How the service itself says that something is not allowed; other sentences are those of hooks (docs/hooks.md). */
const OWN_SENTENCES = [
  "you don't have permission to do this",
  '没有权限',
  'this contains words that are not allowed here',
  '内容包含不允许的词语',
];
const REFUSED_BY_HOOKS: ReadonlySet<string> = new Set(['PermissionDenied', 'ContentRefused']);

/** Return what whoever runs the service says to people; empty where it is the service that refuses. */
export function operatorsWords(sentence: string): string {
  return OWN_SENTENCES.some((own) => sentence.startsWith(own)) ? '' : sentence;
}

/** Say what went wrong in the page's words, or in the operator's; `wait` is how many seconds are left until one may try again. */
export function failureText(say: Say, failure: unknown, { occasion = '', wait = secondsOf(failure) } = {}): string {
  if (!(failure instanceof RefusedError)) return say('error.unreachable');
  if (wait > 0) return say('error.wait', { count: wait });
  const words = REFUSED_BY_HOOKS.has(failure.slug) ? operatorsWords(failure.message) : '';
  if (words !== '') return words;
  const keys = [`error.${failure.slug}.${occasion}`, `error.${failure.slug}`];
  const known = keys.find((key): key is TextKey => key in en);
  return known ? say(known) : say('error.other', { code: failure.code });
}

export function useTexts() {
  const t: Say = (key, values) => fill(LANGUAGES[language.value][key], values);
  return {
    t,
    language: computed(() => language.value),
    tn: (key: TextKey, count: number) => t(counted(key, count), { count }),
    /** For whoever has no name to be shown: an account that was deleted has no more than a mark of its own. */
    unnamed: (id: string) => (id.startsWith(GONE) ? t('people.deleted') : t('people.unnamed', { id })),
    failure: (problem: unknown, about?: { occasion?: string; wait?: number }) => failureText(t, problem, about),
    choose,
  };
}
