/** Watching a recording: what is known of it, its player, and its chat in step with both. */

import { pictureOf, RefusedError, type RecordingReplay, type ReplayMessage, type Session } from '@liveroom/client';
import { computed, onScopeDispose, ref, shallowRef } from 'vue';

import { useTexts } from '../i18n/texts';
import { ReplayPlayer } from '../media/replay/player';
import { ReplayChat } from '../rooms/replaychat';

const GONE = 'RecordingNotExists';

export function useReplay({ recordings }: Pick<Session, 'recordings'>, recordingId: string) {
  const { t, failure } = useTexts();
  const replay = shallowRef<RecordingReplay | null>(null);
  const problem = ref('');
  const gone = ref(false);
  const place = ref(0);
  const plays = ref(false);
  /** The picture cannot be played. */
  const broken = ref(false);
  const said = shallowRef<readonly ReplayMessage[]>([]);
  const chat = new ReplayChat((where) => recordings.chat(recordingId, where), show);
  let player: ReplayPlayer | null = null;
  /** Where the last file failed: addresses end, so it is asked for once more there. */
  let failedAt = -1;

  async function load(): Promise<void> {
    problem.value = '';
    try {
      replay.value = await recordings.replay(recordingId);
      void chat.move(place.value);
    } catch (refused) {
      gone.value = refused instanceof RefusedError && refused.slug === GONE;
      problem.value = gone.value ? t('replay.gone') : failure(refused);
    }
  }

  function show(): void {
    said.value = chat.shown(place.value).filter((one) => one.text !== '' || pictureOf(one) !== null);
  }

  function told(now: number, going: boolean): void {
    [place.value, plays.value] = [now, going];
    show();
    void chat.move(now);
  }

  async function failed(): Promise<void> {
    const at = place.value;
    if (at === failedAt) {
      broken.value = true;
      return;
    }
    failedAt = at;
    await load();
    player?.again();
  }

  void load();
  onScopeDispose(() => player?.end());
  return {
    replay,
    problem,
    gone,
    load,
    place,
    plays,
    broken,
    said,
    length: computed(() => replay.value?.length ?? 0),
    /** The video is there. */
    attach: (video: HTMLVideoElement) => {
      player = new ReplayPlayer({ video, line: () => replay.value?.line ?? [], told, failed: () => void failed() });
      player.seek(0);
    },
    seek: (to: number) => player?.seek(to),
    turn: () => (plays.value ? player?.pause() : player?.play()),
  };
}
