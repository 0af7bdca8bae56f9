/** The live cover of a room: while its owner shows a picture here, lists get a frame of it every 30 seconds. */

import type { RoomState } from '@liveroom/client';
import { computed, onScopeDispose, type Ref, watch } from 'vue';

import { frameOf } from '../pictures/frame';
import type { InRoom } from './useRoom';
import { useSession } from './useSession';

const FIRST_MS = 3000;
const EVERY_MS = 30_000;

/** Say whether lists are to show frames of what the owner's page sends: not while a pushed stream gives them. */
export function takesFrames({ options, streams }: Pick<RoomState, 'options' | 'streams'>): boolean {
  const seen = options.access === 'public' && !options.hasPassword;
  return options.liveCover && seen && !streams.some(({ state }) => state === 'live');
}

export function useLiveCover(
  { scene }: Pick<InRoom, 'scene'>,
  { owns, stream }: { readonly owns: Readonly<Ref<boolean>>; readonly stream: Readonly<Ref<MediaStream | null>> },
  take: (track: MediaStreamTrack) => Promise<Blob | null> = frameOf,
): void {
  const { client } = useSession();
  const track = computed(() => (owns.value && takesFrames(scene.value) ? (stream.value?.getVideoTracks()[0] ?? null) : null));
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** What cannot be sent is not said: nobody has asked for it, and the next frame may do. */
  async function send(): Promise<void> {
    const shown = track.value;
    const frame = shown?.enabled && shown.readyState === 'live' ? await take(shown).catch(() => null) : null;
    if (frame) await client.value?.upload(frame, 'live_cover', { roomId: scene.value.room.roomId }).catch(() => null);
    if (track.value === shown) timer = setTimeout(() => void send(), EVERY_MS);
  }

  watch(
    track,
    (now) => {
      clearTimeout(timer);
      if (now) timer = setTimeout(() => void send(), FIRST_MS);
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    clearTimeout(timer);
  });
}
