/** Short notes that go by themselves. */

import { ref } from 'vue';

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'plain' | 'problem';
}

const SHOWN_MS = 3500;
const toasts = ref<Toast[]>([]);
let count = 0;

export function useToasts() {
  return {
    toasts,
    toast: (text: string, tone: Toast['tone'] = 'plain') => {
      const one = { id: (count += 1), text, tone };
      toasts.value = [...toasts.value.filter((other) => other.text !== text), one];
      setTimeout(() => {
        toasts.value = toasts.value.filter((other) => other.id !== one.id);
      }, SHOWN_MS);
    },
  };
}
