/** How texts and questions are taken apart into words, the same way where the index is made and where it is asked. */
import type { Options } from 'minisearch';

/** A part of a page below one heading. */
export interface Section {
  /** Where it is: `en/socket#tokens`. */
  id: string;
  heading: string;
  page: string;
  text: string;
}

const RUNS = /\p{Script=Han}+|[\p{L}\p{N}_]+/gu;
const HAN = /^\p{Script=Han}/u;
const SHOWN = 140;

/** Whether a text has Chinese in it, whose index then has the answer. */
export function isChinese(text: string): boolean {
  return /\p{Script=Han}/u.test(text);
}

/** Return the words of a text; Chinese, which has no spaces, as overlapping pairs, and a name with `_` also in parts. */
export function words(text: string): string[] {
  return [...text.toLowerCase().matchAll(RUNS)].flatMap(([run]) => {
    if (HAN.test(run)) return pairs(Array.from(run));
    const parts = run.split('_').filter((part) => part !== '');
    return parts.length > 1 ? [run, ...parts] : [run];
  });
}

function pairs(signs: string[]): string[] {
  return signs.length === 1 ? signs : signs.slice(1).map((sign, at) => `${signs[at] ?? ''}${sign}`);
}

export const SEARCH: Options<Section> = {
  fields: ['heading', 'page', 'text'],
  storeFields: ['heading', 'page', 'shown'],
  extractField: (section, name) =>
    name === 'shown' ? section.text.slice(0, SHOWN) : section[name as keyof Section],
  tokenize: words,
  searchOptions: { boost: { heading: 6, page: 3 }, combineWith: 'AND', prefix: true },
};
