/** What is written about a room: its title, its host, and why there is no picture. */

import type { Trouble } from '@liveroom/client/media';
import { computed, type Ref } from 'vue';

import { useTexts } from '../i18n/texts';
import type { InRoom } from './useRoom';
import { useSettled } from './useSettled';
import { useTitle } from './useTitle';

export interface Shown {
  readonly trouble: Readonly<Ref<Trouble | null>>;
  /** The host's picture was cut off. */
  readonly lost: Readonly<Ref<boolean>>;
  /** It is this page that has lost the service. */
  readonly offline: Readonly<Ref<boolean>>;
}

export function useCaptions({ scene, nameOf, known }: InRoom, { trouble, lost, offline }: Shown) {
  const { t } = useTexts();
  const settled = useSettled();
  const host = computed(() => {
    const userId = scene.value.room.ownBy;
    return { avatar: '', role: 'owner', ...known(userId), userId, name: nameOf(userId) };
  });
  const title = computed(() => scene.value.room.title || t('room.untitled', { host: host.value.name }));
  const waiting = computed(() => {
    if (offline.value) return { title: t('player.offline'), busy: true };
    if (lost.value) return { title: t('player.back_soon'), text: t('player.back_soon.text') };
    const found = trouble.value;
    if (found?.kind === 'full') return { title: t('trouble.full.title', { name: nameOf(found.userId) }) };
    if (found?.kind === 'provider') return { title: t('trouble.provider.title') };
    if (found?.kind === 'unreachable' || !settled.value) return { title: t('player.connecting'), busy: true };
    return { title: t('player.waiting'), text: t('player.waiting.text', { host: host.value.name }) };
  });

  useTitle(title);
  return { host, title, waiting };
}
