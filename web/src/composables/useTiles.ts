/** Whose pictures are on the stage, which of them is the big one, and whether there are only voices. */

import { seatOf, sidesOf, type WatchedStream } from '@liveroom/client';
import type { Remote } from '@liveroom/client/media';
import { computed, type Ref, ref, shallowRef, watch } from 'vue';

import type { Source } from '../media/sources';
import type { Shows } from './useFrames';
import type { InRoom } from './useRoom';

/** `focus`: one is big, the others beside it. */
export type Arrangement = 'focus' | 'grid';

const VOICE = 'voice';

export function useTiles(
  { me, scene }: Pick<InRoom, 'me' | 'scene'>,
  remotes: Readonly<Ref<readonly Remote[]>>,
  /** What this tab itself shows. */
  source: Readonly<Ref<Source | null>>,
  /** What encoders push, with addresses. */
  pushed: Readonly<Ref<readonly WatchedStream[]>>,
) {
  const pinned = ref('');
  const arrangement = ref<Arrangement>('focus');
  const shows = shallowRef<ReadonlyMap<string, Shows>>(new Map());
  const shapes = shallowRef<ReadonlyMap<string, number>>(new Map());

  // Most of what changes in a room, such as messages, is nothing to the stage.
  const seats = computed(() => scene.value.seats);
  const owner = computed(() => scene.value.room.ownBy);
  const connects = computed(() => scene.value.connection !== null);

  /** Sides of a battle by their number, the room's own first; one's own comes last of those who are in none. */
  const sides = computed(() => (scene.value.battle ? sidesOf(scene.value.battle, scene.value.room.roomId) : []));
  const placeOf = (userId: string) => {
    const place = sides.value.findIndex(({ rooms }) => rooms.some((one) => one.userId === userId));
    return place < 0 ? sides.value.length : place;
  };

  const tiles = computed(() => {
    // A show that an encoder makes is what its host wants to be seen.
    const shows = new Map(pushed.value.filter(({ addresses }) => addresses.length > 0).map((one) => [one.userId, one]));
    const made = [...shows.values()].map((one) => ({ userId: one.userId, stream: null, pushed: one, own: one.userId === me.userId }));
    const own = source.value ? [{ userId: me.userId, stream: source.value.stream, pushed: null, own: true }] : [];
    const others = remotes.value.map((remote) => ({ ...remote, pushed: null, own: false }));
    const sent = [...others, ...own].filter(({ userId }) => !shows.has(userId));
    const all = [...made, ...sent].map((one) => ({ ...one, seat: seatOf(seats.value, one.userId) }));
    // Whoever was chosen has the big picture, else whose show it is; then sides of a battle stand together.
    const rank = (userId: string) => (userId === pinned.value ? 0 : userId === owner.value ? 1 : 2 + placeOf(userId));
    return all.sort((a, b) => rank(a.userId) - rank(b.userId));
  });
  const voice = computed(() => {
    const what = tiles.value.map(({ userId }) => shows.value.get(userId) ?? 'unknown');
    if (scene.value.room.category === VOICE) return !what.includes('picture');
    return what.length > 0 && what.every((one) => one === 'voice');
  });

  /** Width by height of a big picture that is wider than high; 0: there is none. */
  const wide = computed(() => {
    const shape = shapes.value.get(tiles.value[0]?.userId ?? '') ?? 0;
    return arrangement.value === 'focus' && !voice.value && shape > 1 ? shape : 0;
  });

  // Hosts who are connected are of one size.
  watch(
    connects,
    (now) => {
      arrangement.value = now ? 'grid' : 'focus';
    },
    { immediate: true },
  );
  watch(tiles, (now) => {
    if (!now.some(({ userId }) => userId === pinned.value)) pinned.value = '';
  });
  return {
    tiles,
    voice,
    wide,
    pinned,
    arrangement,
    note: (userId: string, what: Shows) => {
      shows.value = new Map([...shows.value, [userId, what]]);
    },
    shape: (userId: string, ratio: number) => {
      shapes.value = new Map([...shapes.value, [userId, ratio]]);
    },
    pin: (userId: string) => {
      pinned.value = userId;
      arrangement.value = 'focus';
    },
  };
}

export type Tiles = ReturnType<typeof useTiles>;
