/** Fields that several questions have: for how long, what is said to somebody. */
import { useUsersTexts } from '../i18n/users';
import type { Choice, Field } from './useConfirm';

const SPANS = ['3600', '86400', '604800', '2592000', ''] as const;
const USUAL = '86400';

/** Spans of time in seconds; an empty one has no end, which `forEver` says where it is not said of a ban. */
export function useSpans(): (forEver?: string) => Choice[] {
  const { t } = useUsersTexts();
  return (forEver) => SPANS.map((value) => ({ value, label: value === '' && forEver !== undefined ? forEver : t(`for.${value}`) }));
}

/** For how long somebody is kept out or silent, a day unless another span is chosen. */
export function useSpanField(): (label?: string) => Field {
  const { t } = useUsersTexts();
  const spans = useSpans();
  return (label = t('banFor')) => ({ name: 'seconds', label, kind: 'choice', value: USUAL, choices: spans() });
}

/** What was chosen there, as the service takes it: nothing where there is no end. */
export function secondsOf({ seconds = '' }: Readonly<Record<string, string>>): { seconds?: number } {
  return seconds === '' ? {} : { seconds: Number(seconds) };
}

/** A sentence or two for people. */
export const sentenceField = (label: string): Field => ({ name: 'text', label, kind: 'long', needed: true, most: 500 });
