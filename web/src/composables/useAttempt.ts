/** Something that is sent and may be refused: one at a time, whether it is under way, and what was wrong last. */

import { ref } from 'vue';

import { useTexts } from '../i18n/texts';

export function useAttempt() {
  const { failure } = useTexts();
  const busy = ref(false);
  const problem = ref('');

  async function attempt(work: () => Promise<void>, occasion?: string): Promise<void> {
    if (busy.value) return;
    busy.value = true;
    problem.value = '';
    try {
      await work();
    } catch (refused) {
      problem.value = failure(refused, occasion);
    } finally {
      busy.value = false;
    }
  }

  return { busy, problem, attempt };
}
