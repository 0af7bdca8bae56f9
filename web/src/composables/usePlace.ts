import { inject, type InjectionKey } from 'vue';

import type { Place } from '../place';

export const PLACE: InjectionKey<Place> = Symbol('place');

export function usePlace(): Place {
  const place = inject(PLACE);
  if (!place) throw new Error('no place is provided');
  return place;
}
