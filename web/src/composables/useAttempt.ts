/** Something that is sent and may be refused: one at a time, whether it is under way, and what was wrong last. */

import { computed, getCurrentScope, onScopeDispose, ref, shallowRef } from 'vue';

import { secondsOf, useTexts } from '../i18n/texts';

const SECOND_MS = 1000;

export function useAttempt() {
  const { failure: textOf } = useTexts();
  const busy = ref(false);
  const failure = shallowRef<{ readonly what: unknown; readonly occasion: string } | null>(null);
  /** Seconds until it may be tried again. */
  const wait = ref(0);
  let timer: ReturnType<typeof setInterval> | undefined;

  /** Count down; then there is nothing wrong any more. */
  function waitFor(seconds: number): void {
    clearInterval(timer);
    wait.value = seconds;
    if (seconds === 0) return;
    timer = setInterval(() => {
      wait.value -= 1;
      if (wait.value > 0) return;
      clearInterval(timer);
      failure.value = null;
    }, SECOND_MS);
  }

  async function attempt(work: () => Promise<void>, occasion = ''): Promise<void> {
    if (busy.value) return;
    busy.value = true;
    failure.value = null;
    try {
      await work();
    } catch (refused) {
      failure.value = { what: refused, occasion };
      waitFor(secondsOf(refused));
    } finally {
      busy.value = false;
    }
  }

  if (getCurrentScope()) {
    onScopeDispose(() => {
      clearInterval(timer);
    });
  }
  const problem = computed({
    get: () => {
      if (failure.value === null) return '';
      const { what, occasion } = failure.value;
      return textOf(what, { occasion, wait: wait.value });
    },
    set: () => (failure.value = null),
  });
  return { busy, problem, wait, waitFor, attempt };
}
