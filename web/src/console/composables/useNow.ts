/** What time it is, to a few seconds: for "3 minutes ago" everywhere on the page. */
import { ref } from 'vue';

const STEP_MS = 5000;
const now = ref(Date.now());
setInterval(() => {
  now.value = Date.now();
}, STEP_MS);

export const useNow = () => now;
