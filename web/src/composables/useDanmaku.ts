/** Whether what is said runs over the picture (弹幕); remembered. On a phone the chat lies on the picture already. */

import { readonly, ref } from 'vue';

import { COMPACT } from './useCompact';

const KEPT_AS = 'liveroom.danmaku';
const kept = localStorage.getItem(KEPT_AS);
const on = ref(kept === null ? !matchMedia(COMPACT).matches : kept === 'on');

export function useDanmaku() {
  return {
    on: readonly(on),
    toggle: () => {
      on.value = !on.value;
      localStorage.setItem(KEPT_AS, on.value ? 'on' : 'off');
    },
  };
}
