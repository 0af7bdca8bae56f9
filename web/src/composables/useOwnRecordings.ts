/** The recordings of all of the user's shows: whether there may be any, and whether the dialog with them is open. */

import type { OwnRecording } from '@liveroom/client';
import { readonly, ref, type Ref } from 'vue';

import { useSession } from './useSession';

const open = ref(false);
const RUNNING: ReadonlySet<OwnRecording['state']> = new Set(['announced', 'starting', 'recording', 'stopping']);

export function useRecordingsDialog(): Ref<boolean> {
  return open;
}

/** Whether it is not known yet what becomes of it. */
export function isComing({ state }: OwnRecording): boolean {
  return RUNNING.has(state) || state === 'processing';
}

/** Those that run no more, without what was deleted. */
export function recordingsOver(made: readonly OwnRecording[]): readonly OwnRecording[] {
  return made.filter(({ state }) => state !== 'deleted' && !RUNNING.has(state));
}

/** Whether the service records at all; `ask` finds out, once. */
export function useRecordsHere() {
  const { client } = useSession();
  const records = ref(false);
  let asked = false;
  async function ask(): Promise<void> {
    if (asked || !client.value) return;
    asked = true;
    records.value = await client.value.recordings.list({ limit: 1 }).then(
      () => true,
      () => false,
    );
  }
  return { records: readonly(records), ask };
}
