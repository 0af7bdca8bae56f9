/** Gifts as the console's form has them: what of it is another than before, and texts of other languages by lines. */
import type { Data } from '@liveroom/client';

export type Gift = Data<'admin/list_gifts'>[number];
export type Languages = Readonly<Record<string, { readonly name: string; readonly description: string }>>;
/** What is written into the form, by the name of its field. */
export type GiftForm = Record<string, string>;

const LINE = /^\s*([A-Za-z][\w-]*)\s*:\s*([^|]*?)\s*(?:\|\s*(.*?)\s*)?$/;
const AS_IT_IS = ['giftId', 'name', 'description', 'categoryId', 'receivers', 'iconUrl', 'animationUrl', 'animationKind', 'sinceUtc', 'untilUtc'] as const;
const TEXTS = ['name', 'description', 'categoryId', 'iconUrl', 'sinceUtc', 'untilUtc', 'receivers', 'fromUtc'] as const;
const SHARES = ['hostShare', 'agencyShare', 'platformShare'] as const;
const PRICED = ['price', 'points', 'level', ...SHARES] as const;
const WHOLE = ['position', 'price', 'points', 'level'] as const;
const EMPTY = '{}';

/** One line for each language: `zh: 玫瑰 | 一朵红玫瑰`. */
export function linesOf(languages: Languages): string {
  return Object.entries(languages)
    .map(([tag, { name, description }]) => (description === '' ? `${tag}: ${name}` : `${tag}: ${name} | ${description}`))
    .join('\n');
}

/** What such lines say; null where one cannot be read. */
export function languagesIn(lines: string): Languages | null {
  const found: Record<string, { name: string; description: string }> = {};
  for (const line of lines.split('\n')) {
    if (line.trim() === '') continue;
    const [, tag, name, description = ''] = LINE.exec(line) ?? [];
    if (!tag || !name) return null;
    found[tag] = { name, description };
  }
  return found;
}

/** What the form of a new gift says; of its price, nothing. */
const NEW = {
  giftId: '',
  name: '',
  description: '',
  languages: {},
  categoryId: '',
  position: 0,
  receivers: 'stage',
  iconUrl: '',
  animationUrl: '',
  animationKind: '',
  sinceUtc: '',
  untilUtc: '',
  state: 'offered',
  extension: {},
  versions: [],
} satisfies Partial<Gift>;
const NO_PRICE = { price: '', points: '', level: 0, hostShare: '', agencyShare: '', platformShare: '' };

/** What a gift says, in the form; that of a new one without a gift. */
export function formOf(gift: Gift | null): GiftForm {
  const one: Omit<Gift, 'offered' | 'createUtc' | 'updateUtc'> = gift ?? NEW;
  const newest = one.versions[0] ?? NO_PRICE;
  const texts = Object.fromEntries(AS_IT_IS.map((name) => [name, one[name]]));
  const priced = Object.fromEntries(PRICED.map((name) => [name, String(newest[name])]));
  const extension = JSON.stringify(one.extension);
  return {
    ...texts,
    ...priced,
    position: String(one.position),
    languages: linesOf(one.languages),
    hidden: one.state === 'hidden' ? '1' : '',
    extension: extension === EMPTY ? '' : extension,
    fromUtc: '',
  };
}

/**
 * What is to be sent of the form: only what is another than before, since the rest may have changed meanwhile.
 * Points that were not written anew follow the price.
 */
export function changesIn(before: GiftForm, now: GiftForm): Record<string, unknown> {
  const written = (name: string) => (now[name] ?? '').trim();
  const differs = (name: string) => written(name) !== (before[name] ?? '');
  const numbers = SHARES.some(differs) ? [...WHOLE.filter(differs), ...SHARES] : WHOLE.filter(differs);
  return {
    ...Object.fromEntries(TEXTS.filter(differs).map((name) => [name, written(name)])),
    ...Object.fromEntries(numbers.filter((name) => written(name) !== '').map((name) => [name, Number(written(name))])),
    ...(differs('languages') ? { languages: languagesIn(written('languages')) ?? {} } : {}),
    ...(differs('hidden') ? { hidden: written('hidden') === '1' } : {}),
    ...(differs('extension') ? { extension: written('extension') === '' ? EMPTY : written('extension') } : {}),
    ...(differs('animationUrl') || differs('animationKind') ? animationIn(written('animationUrl'), written('animationKind')) : {}),
  };
}

/** An animation with how it is played; without an address there is none. */
function animationIn(animationUrl: string, animationKind: string): Record<string, unknown> {
  return animationUrl === '' ? { animationUrl } : { animationUrl, animationKind };
}

/** Where a picture is, for the console's page: addresses that begin with a slash are of the service. */
export function pictureAt(url: string, root: string): string {
  return url.startsWith('/') ? `${root.replace(/\/$/, '')}${url}` : url;
}
