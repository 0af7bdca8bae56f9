/** What is written about a room: its title, its host, and why there is no picture. */

import type { Trouble } from '@liveroom/client/media';
import { computed, type Ref } from 'vue';

import { useTexts } from '../i18n/texts';
import type { InRoom } from './useRoom';
import { useSettled } from './useSettled';
import { useTitle } from './useTitle';

export function useCaptions({ scene, nameOf }: InRoom, trouble: Readonly<Ref<Trouble | null>>) {
  const { t } = useTexts();
  const settled = useSettled();
  const host = computed(() => {
    const userId = scene.value.room.ownBy;
    return { avatar: '', role: 'owner', ...scene.value.members.get(userId), userId, name: nameOf(userId) };
  });
  const title = computed(() => scene.value.room.title || t('room.untitled', { host: host.value.name }));
  const waiting = computed(() => {
    if (scene.value.room.status === 1) return { title: t('player.host_away'), text: t('player.host_away.text') };
    const found = trouble.value;
    if (found?.kind === 'full') return { title: t('trouble.full.title', { name: nameOf(found.userId) }) };
    if (found?.kind === 'provider') return { title: t('trouble.provider.title') };
    if (found?.kind === 'unreachable' || !settled.value) return { title: t('player.connecting'), busy: true };
    return { title: t('player.waiting'), text: t('player.waiting.text', { host: host.value.name }) };
  });

  useTitle(title);
  return { host, title, waiting };
}
