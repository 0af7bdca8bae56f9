/** The range of time of a page, which stands in its address. */
import { computed, type ComputedRef, type WritableComputedRef } from 'vue';
import { useRoute } from 'vue-router';

import { type Range, rangeOf, type Span, spanOf, USUAL } from '../ranges';
import { useFilters } from './useFilters';

export function useRange(usual: Range = USUAL): {
  range: WritableComputedRef<Range>;
  /** The times that it means now, whenever it is asked. */
  span: () => Span;
  key: ComputedRef<string>;
} {
  const route = useRoute();
  const { put } = useFilters({ from: usual.from, to: usual.to });
  const range = computed({ get: () => rangeOf(route.query, usual), set: ({ from, to }) => { put({ from, to }); } });
  return {
    range,
    span: () => spanOf(range.value, Date.now()) ?? { from: new Date(0), to: new Date() },
    key: computed(() => `${range.value.from} ${range.value.to}`),
  };
}
