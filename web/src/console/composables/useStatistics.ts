/** What statistics are asked for: of which days, and of whom; it stands in the address. */
import type { Params } from '@liveroom/client';
import { computed } from 'vue';

import { follow } from '../csv';
import { useAction } from './useAction';
import { useConsole } from './useConsole';
import { useFilters } from './useFilters';
import { useRange } from './useRange';

const dayOf = (at: Date) => at.toISOString().slice(0, 10);

export function useStatistics() {
  const { range, span, key } = useRange({ from: 'now-30d', to: 'now' });
  const filters = useFilters({ host: '', category: '', unit: 'day', cohorts: 'day', by: 'watchSeconds' });
  const days = () => {
    const { from, to } = span();
    return { fromDay: dayOf(from), toDay: dayOf(to) };
  };
  return {
    range,
    span,
    key,
    filters,
    days,
    /** Everything on which an answer depends. */
    asked: computed(() => `${key.value} ${Object.values(filters.values.value).join(' ')}`),
    unit: computed(() => (filters.values.value.unit === 'hour' ? ('hour' as const) : ('day' as const))),
    cohorts: computed(() => (filters.values.value.cohorts === 'week' ? ('week' as const) : ('day' as const))),
  };
}

/** Files of statistics, of any length. */
export function useStatisticsFile() {
  const { api, root } = useConsole();
  const { run, busy } = useAction();
  return {
    busy,
    save: (asked: Params<'stats/export'>) =>
      run(async () => {
        const { link } = await api.call('stats/export', asked);
        follow(`${root}${link}`);
      }, ''),
  };
}
