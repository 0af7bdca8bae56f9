/** The overview's figures: the past once, then how things are, every second, for as long as the page is open. */
import type { Data } from '@liveroom/client';
import { computed, shallowRef } from 'vue';

import type { Point, Series } from '../charts/series';
import { readTime, wireTime } from '../time';
import { useAsked } from './useAsked';
import { useChannel } from './useChannel';
import { useConsole } from './useConsole';
import { useRange } from './useRange';

type Reply = Data<'stats/overview'>;
export type Now = Reply['now'];
type Past = Pick<Now, 'timeUtc' | 'online' | 'rooms' | 'viewers' | 'traffic'>;
const SECONDS_KEPT = 900;
const MOST_CODES = 5;
const MINUTE_MS = 60_000;

export function useOverview() {
  const { api } = useConsole();
  const { range, span, key } = useRange({ from: 'now-6h', to: 'now' });
  const asked = useAsked(() => {
    const { from, to } = span();
    return api.call('stats/overview', { fromUtc: wireTime(from), untilUtc: wireTime(to) });
  }, key);
  const heard = shallowRef<Now | null>(null);
  const since = shallowRef<readonly Past[]>([]);
  const take = (data: unknown): void => {
    heard.value = data as Now;
    since.value = [...since.value.slice(1 - SECONDS_KEPT), heard.value];
  };
  const state = useChannel('console:overview', { state: take, news: take });
  const now = computed(() => heard.value ?? asked.value.value?.now ?? null);
  const past = computed<readonly Past[]>(() => [...(asked.value.value?.history ?? []), ...(range.value.to === 'now' ? since.value : [])]);
  const step = computed(() => (asked.value.value?.stepMinutes ?? 1) * MINUTE_MS);
  const pointsOf = (of: (one: Past) => number | null | undefined): Point[] => past.value.map((one) => [readTime(one.timeUtc)?.getTime() ?? 0, of(one) ?? null]);

  /** The codes that were answered most, and the rest as one. */
  function codes(others: string): Series[] {
    const sums = new Map<string, number>();
    for (const { traffic } of past.value) for (const [code, rate] of Object.entries(traffic?.codesPerSecond ?? {})) sums.set(code, (sums.get(code) ?? 0) + rate);
    const most = [...sums].sort(([, a], [, b]) => b - a).slice(0, MOST_CODES).map(([code]) => code);
    const rest = (one: Past) => Object.entries(one.traffic?.codesPerSecond ?? {}).reduce((sum, [code, rate]) => sum + (most.includes(code) ? 0 : rate), 0);
    const shown = most.map((code) => ({ name: code, points: pointsOf((one) => one.traffic?.codesPerSecond[code] ?? (one.traffic ? 0 : null)) }));
    return sums.size > MOST_CODES ? [...shown, { name: others, points: pointsOf(rest) }] : shown;
  }

  return { range, asked, now, state, step, pointsOf, codes };
}
