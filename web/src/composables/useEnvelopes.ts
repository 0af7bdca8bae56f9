/** The red envelopes of a room: what is shown of them, and grabbing. */

import { onScopeDispose, shallowRef, watch } from 'vue';

import { useTexts } from '../i18n/texts';
import { type EnvelopeCard, EnvelopeCards } from '../rooms/envelopes';
import { useGate } from './useGate';
import type { InRoom } from './useRoom';
import { useEvents } from './useVisit';

const TICK_MS = 250;

export function useEnvelopes({ scene, calls }: Pick<InRoom, 'scene' | 'calls'>) {
  const { failure } = useTexts();
  const gate = useGate();
  const known = new EnvelopeCards();
  const cards = shallowRef<readonly EnvelopeCard[]>([]);
  const busy = shallowRef('');
  let timer: ReturnType<typeof setInterval> | undefined;

  function draw(): void {
    const now = Date.now();
    known.pass(now);
    cards.value = known.cards(now);
    if (known.moving) timer ??= setInterval(draw, TICK_MS);
    else stop();
  }

  function stop(): void {
    clearInterval(timer);
    timer = undefined;
  }

  async function grab(envelopeId: string): Promise<void> {
    if (busy.value !== '' || !(await gate.allow())) return;
    busy.value = envelopeId;
    try {
      const { coins } = await calls.envelopes.grab(envelopeId);
      known.note(envelopeId, { coins });
    } catch (refused) {
      known.note(envelopeId, { problem: failure(refused) });
    } finally {
      busy.value = '';
      draw();
    }
  }

  useEvents(calls, (event) => {
    known.hear(event.time, Date.now());
  });
  watch(
    () => scene.value.envelopes,
    (running) => {
      known.show(running, Date.now());
      draw();
    },
    { immediate: true },
  );
  onScopeDispose(stop);
  return { cards, busy, grab };
}
