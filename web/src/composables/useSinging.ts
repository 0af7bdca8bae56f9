/** The song that plays in the room: its lyrics and music, in step with everybody by the service's clock. */

import type { SongWithLyrics } from '@liveroom/client';
import { onScopeDispose, ref, shallowRef, watch } from 'vue';

import { lineAt, sungOf } from '../rooms/lyrics';
import type { InRoom } from './useRoom';
import { useSongQueue } from './useSongQueue';

const TICK_MS = 50;
const SECOND_MS = 1000;
/** By how much the music may be elsewhere before it is moved. */
const APART_MS = 200;

export function useSinging(room: InRoom) {
  const { calls, me } = room;
  const { playing, singers } = useSongQueue(room);
  const song = shallowRef<SongWithLyrics | null>(null);
  const line = ref(-1);
  /** How much of the line was sung, 0 to 1. */
  const sung = ref(0);
  const seconds = ref(0);
  /** The user hears the music: whoever sings does, unless they want none. */
  const hears = ref(false);
  const music = new Audio();
  music.preload = 'auto';

  async function load(songId: string | undefined): Promise<void> {
    song.value = null;
    music.removeAttribute('src');
    const found = songId === undefined ? null : await calls.songs.song(songId).catch(() => null);
    if (playing.value?.song.songId !== songId) return;
    song.value = found;
    if (found?.url) music.src = found.url;
    tick();
  }

  function keepInStep(position: number, paused: boolean): void {
    if (!hears.value || paused || song.value?.url === '') {
      music.pause();
      return;
    }
    if (Math.abs(music.currentTime * SECOND_MS - position) > APART_MS) music.currentTime = position / SECOND_MS;
    if (music.paused && !music.ended) void music.play().catch(() => (hears.value = false));
  }

  function tick(): void {
    const now = playing.value;
    const position = now ? calls.songs.position(now) : 0;
    const lyrics = song.value?.lyrics ?? [];
    line.value = lineAt(lyrics, position);
    sung.value = sungOf(lyrics, line.value, position);
    seconds.value = Math.floor(position / SECOND_MS);
    if (song.value && now) keepInStep(position, now.paused);
    else music.pause();
  }

  /** Of a song of unknown length its singer knows when it is over. */
  music.addEventListener('ended', () => {
    const now = playing.value;
    if (now?.userId === me.userId && now.song.length === 0) void calls.songs.next(now.entryId).catch(() => undefined);
  });
  watch(() => playing.value?.song.songId, load, { immediate: true });
  watch(playing, tick);
  watch(
    () => singers.value.has(me.userId),
    (sings) => (hears.value ||= sings),
    { immediate: true },
  );
  const timer = setInterval(tick, TICK_MS);
  onScopeDispose(() => {
    clearInterval(timer);
    music.pause();
    music.removeAttribute('src');
  });
  return { song, line, sung, seconds, hears };
}
