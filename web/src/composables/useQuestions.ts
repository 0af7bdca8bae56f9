/** The questions of a room: what waits, voting, and what hosts do. */

import { computed, ref, shallowRef, watch } from 'vue';

import { QuestionBook, roundOf, type WaitingQuestion } from '../rooms/questions';
import { useAttempt } from './useAttempt';
import { useGate } from './useGate';
import type { InRoom } from './useRoom';

export function useQuestions({ scene, calls }: Pick<InRoom, 'scene' | 'calls'>) {
  const gate = useGate();
  const { busy, problem, attempt } = useAttempt();
  const book = new QuestionBook();
  const waiting = shallowRef<readonly WaitingQuestion[]>([]);
  const round = computed(() => roundOf(scene.value.activities));
  const reading = ref(false);

  function draw(): void {
    const counts = scene.value.activities.find(({ type }) => type === 'questions')?.tally?.counts ?? {};
    waiting.value = round.value ? book.list(round.value, counts) : [];
  }

  /** Read the list: the user has come in, or has missed something. */
  async function read(): Promise<void> {
    if (reading.value) return;
    reading.value = true;
    try {
      book.read(await calls.questions.list());
    } catch {
      return; // What comes next says it too.
    } finally {
      reading.value = false;
      draw();
    }
  }

  watch(
    () => scene.value.activities,
    (_, before) => {
      const lacks = round.value !== null && book.show(round.value);
      const isNew = round.value !== null && roundOf(before ?? [])?.activityId !== round.value.activityId;
      if (lacks || isNew) void read();
      draw();
    },
    { immediate: true },
  );

  /** Do something as somebody who is signed in; say whether it was done. */
  async function act(work: (activityId: string) => Promise<unknown>): Promise<boolean> {
    const id = round.value?.activityId;
    if (id === undefined || !(await gate.allow())) return false;
    let done = false;
    await attempt(async () => {
      await work(id);
      done = true;
    });
    draw();
    return done;
  }

  const ask = (text: string) => act((id) => calls.questions.ask(id, text));
  const vote = (questionId: string, up: boolean) =>
    act(async (id) => {
      await calls.questions.vote(id, questionId, up);
      book.vote(questionId, up);
    });
  const mark = (questionId: string) => act((id) => calls.questions.mark(id, questionId));
  const answer = (questionId: string, text: string) => act((id) => calls.questions.answer(id, questionId, text));
  const remove = (questionId: string) => act((id) => calls.questions.remove(id, questionId));
  const end = () => act((id) => calls.activities.end(id));
  return { round, waiting, busy, problem, ask, vote, mark, answer, remove, end };
}

export type RoomQuestions = ReturnType<typeof useQuestions>;
