/** What the palette finds: pages at once, rooms and users a moment after the last letter. */
import { onScopeDispose, type Ref, ref, watch } from 'vue';
import type { RouteLocationRaw } from 'vue-router';

import type { IconName } from '../components/icons';
import { useCommon } from '../i18n/common';
import type { ConsolePage } from '../pages';
import { useConsole } from './useConsole';

export interface Found {
  readonly kind: 'page' | 'room' | 'user';
  readonly id: string;
  readonly name: string;
  readonly aside: string;
  readonly icon: IconName;
  readonly to: RouteLocationRaw;
}

const PAUSE_MS = 180;
const MOST = 6;

export function useFinding(text: Ref<string>, pages: () => readonly ConsolePage[]): Ref<readonly Found[]> {
  const { api, may } = useConsole();
  const { t } = useCommon();
  const found = ref<readonly Found[]>([]);
  let turn = 0;
  let timer = 0;

  function pagesOf(wanted: string): Found[] {
    return pages()
      .filter(({ title, name }) => `${t(title)} ${name}`.toLowerCase().includes(wanted))
      .map(({ name, title, listed }) => ({
        kind: 'page' as const,
        id: name,
        name: t(title),
        aside: t('palette.pages'),
        icon: listed?.icon ?? 'chevron',
        to: { name },
      }));
  }

  async function rooms(wanted: string): Promise<Found[]> {
    if (!may('rooms.view')) return [];
    const { rows } = await api.page('admin/search_rooms', { text: wanted, limit: MOST });
    return rows.map((room) => roomFound(room.roomId, room.title || t('word.untitled')));
  }

  async function users(wanted: string): Promise<Found[]> {
    if (!may('users.view')) return [];
    const { rows } = await api.page('admin/search_users', { text: wanted, limit: MOST });
    return rows.map((user) => userFound(user.userId, user.name || t('word.unnamed')));
  }

  function userFound(id: string, name: string): Found {
    return { kind: 'user', id, name, aside: id, icon: 'person', to: `/users/${encodeURIComponent(id)}` };
  }

  function roomFound(id: string, name: string): Found {
    return { kind: 'room', id, name, aside: id, icon: 'door', to: `/rooms/${encodeURIComponent(id)}` };
  }

  async function look(wanted: string): Promise<void> {
    const mine = (turn += 1);
    const parts = await Promise.allSettled([rooms(wanted), users(wanted)]);
    if (mine !== turn) return;
    const more = parts.flatMap((part) => (part.status === 'fulfilled' ? part.value.slice(0, MOST) : []));
    found.value = [...pagesOf(wanted.toLowerCase()), ...more];
  }

  watch(
    text,
    (now) => {
      const wanted = now.trim();
      turn += 1;
      window.clearTimeout(timer);
      found.value = pagesOf(wanted.toLowerCase());
      if (wanted !== '') timer = window.setTimeout(() => void look(wanted), PAUSE_MS);
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    window.clearTimeout(timer);
  });
  return found;
}
