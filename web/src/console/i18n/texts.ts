/** The console's texts: each page has its own, in a file for each language, and is loaded with them. */
import { computed } from 'vue';

import { choose, fill, language, type Values } from '../../i18n/language';

export type Texts<Key extends string> = Readonly<Record<Key, string>>;

/** What says a page's texts in the reader's language. */
export function textsOf<Key extends string>(en: Texts<Key>, zh: Texts<Key>) {
  const said = { en, zh };
  const t = (key: Key, values?: Values): string => fill(said[language.value][key], values);
  return {
    t,
    /** The text of what is named while it runs, such as a state; else its name. */
    named: (prefix: string, name: string): string => {
      const key = `${prefix}.${name}`;
      return key in en ? t(key as Key) : name;
    },
    language: computed(() => language.value),
    choose,
  };
}
