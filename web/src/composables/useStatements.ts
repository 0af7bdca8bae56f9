/** What the operator tells the user while the page is open: notices, and statements of what was done to them and why. */

import type { Statement } from '@liveroom/client';
import { computed, ref, type Ref, type ShallowRef, shallowRef, watch } from 'vue';

import type { TextKey } from '../i18n/en';
import { type Language, type Say } from '../i18n/texts';
import { momentText } from './useMoments';
import { useSession } from './useSession';

export type Told =
  | { readonly id: string; readonly notice: string; readonly statement?: undefined }
  | { readonly id: string; readonly notice?: undefined; readonly statement: Statement };

/** Which statement is looked at in the dialog: its id, empty for all of them; null: the dialog is closed. */
const looking = ref<string | null>(null);
let count = 0;

export function useLooking(): Ref<string | null> {
  return looking;
}

/** What was told and is not read yet, the newest first; an answer takes the place of what it is about. */
export function useTold(): { told: Readonly<ShallowRef<readonly Told[]>>; read: (id: string) => void } {
  const { client, me } = useSession();
  const user = computed(() => me.value?.userId ?? '');
  const told = shallowRef<readonly Told[]>([]);
  const read = (id: string) => {
    told.value = told.value.filter((one) => one.id !== id);
  };

  function tell(one: Told): void {
    told.value = [one, ...told.value.filter(({ id }) => id !== one.id)];
  }

  watch(user, () => {
    told.value = [];
    looking.value = null;
  });
  watch(
    client,
    (session, _, onCleanup) => {
      const stops = [
        session?.on('user.statement', ({ data }) => {
          tell({ id: data.statementId, statement: data });
        }),
        session?.on('user.notice', ({ data }) => {
          count += 1;
          tell({ id: `notice ${count}`, notice: data.text });
        }),
      ];
      onCleanup(() => {
        for (const stop of stops) stop?.();
      });
    },
    { immediate: true },
  );
  return { told, read };
}

/** Say what was done. */
export function deedOf({ measure, roomId }: Statement): TextKey {
  return measure === 'ban' && roomId === '' ? 'stated.ban.everywhere' : `stated.${measure}`;
}

/** Say until when it holds; empty for what does not last, or was taken back. */
export function lastingOf({ measure, state, untilUtc }: Statement, t: Say, language: Language): string {
  if (state === 'granted' || !['mute', 'ban'].includes(measure)) return '';
  return untilUtc ? t('over.until', { time: momentText(untilUtc, language) }) : t('manage.for_ever');
}
