/** The polls and predictions of a room: what is shown of them, voting, and what hosts do. */

import { onScopeDispose, ref, shallowRef, watch } from 'vue';

import { useTexts } from '../i18n/texts';
import { ChoiceBoard, type ChoiceCard } from '../rooms/choices';
import { useGate } from './useGate';
import type { InRoom } from './useRoom';
import { useToasts } from './useToasts';
import { useEvents } from './useVisit';

const TICK_MS = 500;

export function useChoices({ scene, calls }: Pick<InRoom, 'scene' | 'calls'>) {
  const { failure } = useTexts();
  const { toast } = useToasts();
  const gate = useGate();
  const board = new ChoiceBoard();
  const cards = shallowRef<readonly ChoiceCard[]>([]);
  /** Milliseconds that each has left. */
  const left = ref<Record<string, number>>({});
  const busy = ref(false);
  let timer: ReturnType<typeof setInterval> | undefined;

  function draw(): void {
    board.pass(Date.now());
    cards.value = board.cards();
    left.value = Object.fromEntries(cards.value.map(({ id, endsAt }) => [id, endsAt === null ? 0 : calls.leftUntil(endsAt)]));
    if (board.moving) timer ??= setInterval(draw, TICK_MS);
    else stop();
  }

  function stop(): void {
    clearInterval(timer);
    timer = undefined;
  }

  async function attempt(work: () => Promise<unknown>): Promise<void> {
    if (busy.value) return;
    busy.value = true;
    try {
      await work();
    } catch (refused) {
      toast(failure(refused));
    } finally {
      busy.value = false;
      draw();
    }
  }

  async function vote(id: string, choices: readonly string[]): Promise<void> {
    if (!(await gate.allow())) return;
    await attempt(async () => {
      board.choose(id, (await calls.activities.vote(id, choices)).choices);
    });
  }

  const end = (id: string) => attempt(() => calls.activities.end(id));
  const lock = (id: string) => attempt(() => calls.activities.lock(id));
  const resolve = (id: string, outcome: number) => attempt(() => calls.activities.resolve(id, outcome));

  /** Read what the user has chosen before: they have reloaded the page, or come back. */
  async function recall(): Promise<void> {
    try {
      for (const { activityId, choices } of await calls.activities.current()) {
        if (choices.length > 0) board.choose(activityId, choices);
      }
    } catch {
      return; // A vote says it too.
    }
    draw();
  }

  useEvents(calls, (event) => {
    if (event.type === 'activity.ended') board.end(event.data, Date.now());
  });
  watch(
    () => scene.value.activities,
    (running, before) => {
      board.show(running, Date.now());
      draw();
      if (running.some(({ activityId }) => !before?.some((one) => one.activityId === activityId))) void recall();
    },
    { immediate: true },
  );
  onScopeDispose(stop);
  return { cards, left, busy, vote, end, lock, resolve };
}
