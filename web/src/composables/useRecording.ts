/** The recording of a room: when everybody is to know of it, and what its owner does about it. */

import { may, type OwnRecording } from '@liveroom/client';
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue';

import { useAct } from './useAct';
import type { InRoom } from './useRoom';
import { useEvents } from './useVisit';

const STEP_MS = 250;
const SECOND_MS = 1000;

/** What everybody in the room sees: that it begins in some seconds, then that it runs. */
export function useRecordingMark({ scene }: Pick<InRoom, 'scene'>) {
  const recording = computed(() => scene.value.recording);
  const now = ref(Date.now());
  /** By how much the service's clock is ahead of this one. */
  let ahead = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  const stop = () => {
    clearInterval(timer);
    timer = undefined;
  };
  watch(
    recording,
    (shown) => {
      stop();
      now.value = Date.now();
      ahead = scene.value.time - now.value;
      if (shown?.state === 'announced') timer = setInterval(() => (now.value = Date.now()), STEP_MS);
    },
    { immediate: true },
  );
  onScopeDispose(stop);
  const left = computed(() => {
    const { state, beginsAt } = recording.value ?? { state: '', beginsAt: '' };
    return state === 'announced' ? Math.max(0, Math.ceil((Date.parse(beginsAt) - now.value - ahead) / SECOND_MS)) : 0;
  });
  return {
    /** The seconds until it begins; 0: it may have begun, or there is none. */
    left,
    runs: computed(() => recording.value !== null && left.value === 0),
  };
}

/** What its owner can do. */
export function useRecording({ scene, calls, rank }: Pick<InRoom, 'scene' | 'calls' | 'rank'>) {
  const act = useAct();
  const records = computed(() => may(rank.value, 'record'));
  const offered = ref(false);
  const made = shallowRef<readonly OwnRecording[]>([]);

  async function load(): Promise<void> {
    const found = records.value ? await calls.recordings.list().catch(() => null) : null;
    offered.value = found !== null;
    made.value = found ?? [];
  }

  watch(records, load, { immediate: true });
  useEvents(calls, ({ type }) => {
    if (type.startsWith('recording.') && records.value) void load();
  });
  const running = computed(() => scene.value.recording);
  return {
    /** The service records, and the user owns the room. */
    offered,
    running,
    made,
    start: () => act(() => calls.recordings.start()),
    stop: () => act(() => calls.recordings.stop(running.value?.recordingId ?? '').then(load)),
    /** Record every broadcast of the room, from the next one on. */
    always: (recorded: boolean) => act(() => calls.setOptions({ recorded })),
  };
}

export type RoomRecording = ReturnType<typeof useRecording>;
