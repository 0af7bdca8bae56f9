/** Sending a picture that the user has chosen: how far it is, and what was wrong with it. */

import { isRefused, type UploadedFile, type UploadPurpose } from '@liveroom/client';
import { computed, onScopeDispose, ref } from 'vue';

import { useTexts } from '../i18n/texts';
import { shrunk } from '../pictures/shrink';
import { useAttempt } from './useAttempt';
import { useSession } from './useSession';

/** How long the longer side of each may be. */
const SIDES = { avatar: 1024, cover: 1920, message_picture: 1600 } as const satisfies Partial<Record<UploadPurpose, number>>;
const NOT_OFFERED = 3008;

export type PicturePurpose = keyof typeof SIDES;

export function useUpload() {
  const { t } = useTexts();
  const { client } = useSession();
  const { busy, problem, attempt } = useAttempt();
  const share = ref(0);
  /** The service takes no files. */
  const closed = ref(false);
  const stop = new AbortController();
  onScopeDispose(() => {
    stop.abort();
  });

  /** Return the picture as others see it; null where it could not be sent: `problem` says why. */
  async function send(file: File, purpose: PicturePurpose, roomId = ''): Promise<UploadedFile | null> {
    let sent: UploadedFile | null = null;
    const session = client.value;
    if (!session) return null;
    await attempt(async () => {
      share.value = 0;
      try {
        sent = await session.upload(await shrunk(file, SIDES[purpose]), purpose, {
          ...(roomId ? { roomId } : {}),
          onProgress: (part) => (share.value = part),
          signal: stop.signal,
        });
      } catch (failure) {
        closed.value = isRefused(failure, NOT_OFFERED);
        throw failure;
      }
    }, 'picture');
    return sent;
  }

  const said = computed(() => (share.value < 1 ? t('picture.sending', { count: Math.round(share.value * 100) }) : t('picture.looking')));
  return { busy, problem, share, said, closed, send };
}
