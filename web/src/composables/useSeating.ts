/** The user's own place on the stage: what they may show there, and what becomes of it when the seat is gone. */

import { isHost, may, requestOf, seatOf } from '@liveroom/client';
import { computed, type Ref, ref, watch } from 'vue';

import { useTexts } from '../i18n/texts';
import { answerText } from '../rooms/answers';
import type { InRoom } from './useRoom';
import { useStage } from './useStage';
import { useToasts } from './useToasts';
import { useEvents } from './useVisit';

/** `isCarried`: whether what is shown can reach anybody. */
export function useSeating({ me, scene, rank, calls, nameOf }: InRoom, role: Readonly<Ref<string>>, isCarried: () => boolean) {
  const { t } = useTexts();
  const { toast } = useToasts();
  const own = useStage();
  const seat = computed(() => seatOf(scene.value.seats, me.userId));
  const hosts = computed(() => isHost({ role: role.value }));
  const publishes = computed(() => hosts.value || seat.value !== undefined);
  /** Asked what to show, right after coming to a seat. */
  const choosing = ref(false);

  watch(publishes, (may, might) => {
    if (may && !might && !own.source.value && isCarried()) choosing.value = true;
    if (might && !may) {
      choosing.value = false;
      own.close();
      toast(t('seats.left'));
    }
  });
  const invited = new Set<string>();
  useEvents(calls, (event) => {
    if (event.type === 'seats.requested' && event.data.by === me.userId) invited.add(event.data.requestId);
    if (event.type !== 'seats.answered') return;
    const text = answerText(event.data, me.userId, invited.delete(event.data.requestId));
    if (text) toast(t(text.key, { name: nameOf(text.userId), reason: text.reason }));
  });
  watch(
    [() => seat.value?.audioMuted === true, () => seat.value?.videoMuted === true],
    ([audio, video]) => {
      own.hush({ audio, video });
    },
    { immediate: true },
  );
  // Everybody sees by the seat whether there is something to hear or see.
  watch([own.microphone, own.camera, () => seat.value?.seat], ([microphone, camera, sits]) => {
    const { audioOff = false, videoOff = false } = seat.value ?? {};
    if (sits === undefined || (audioOff === !microphone && videoOff === !camera)) return;
    calls.seats.mute({ audio: !microphone, video: !camera }).catch(() => undefined);
  });

  return {
    hosts,
    publishes,
    choosing,
    seat,
    /** What the user has asked for, and waits for. */
    application: computed(() => requestOf(scene.value.seats, 'apply', me.userId)),
    /** What waits for the user's answer. */
    asks: computed(() =>
      scene.value.seats.requests.filter(({ kind, userId }) =>
        kind === 'invite' ? userId === me.userId : may(rank.value, 'seat'),
      ),
    ),
  };
}
