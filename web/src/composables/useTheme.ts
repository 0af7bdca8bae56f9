/** Dark or light: as the system has it, until the reader chooses. */

import { computed, ref, watchEffect } from 'vue';

export type Theme = 'dark' | 'light';

const KEPT_AS = 'liveroom.theme';
const system = matchMedia('(prefers-color-scheme: dark)');
const preferred = ref<Theme>(system.matches ? 'dark' : 'light');
const kept = localStorage.getItem(KEPT_AS);
const chosen = ref<Theme | null>(kept === 'dark' || kept === 'light' ? kept : null);
const theme = computed(() => chosen.value ?? preferred.value);

system.addEventListener('change', ({ matches }) => {
  preferred.value = matches ? 'dark' : 'light';
});
watchEffect(() => {
  document.documentElement.setAttribute('theme-mode', theme.value);
});

export function useTheme() {
  return {
    theme,
    toggle: () => {
      chosen.value = theme.value === 'dark' ? 'light' : 'dark';
      localStorage.setItem(KEPT_AS, chosen.value);
    },
  };
}
