/** Copy the address of the room that is shown; that of a private one carries the key that lets in. */

import type { Access } from '@liveroom/client';

import { useTexts } from '../i18n/texts';
import type { Place } from '../place';
import { usePlace } from './usePlace';
import type { InRoom } from './useRoom';
import { useToasts } from './useToasts';

/** What is asked for the key; whoever may not hand it on gets none. */
interface Room {
  readonly roomId: string;
  access(): Access;
  linkKey(): Promise<string>;
}

export function useShare(room: Room): () => Promise<void> {
  const { t } = useTexts();
  const { toast } = useToasts();
  const place = usePlace();
  return async () => {
    const key = room.access() === 'private' ? await room.linkKey().catch(() => '') : '';
    const address = key === '' && room.access() === 'public' ? sharedAt(place, room.roomId) : addressWith(window.location.href, key);
    const done = await copied(address);
    toast(done ? t('room.shared') : address);
  };
}

/** For the room that is shown. */
export function useRoomShare({ scene, calls }: Pick<InRoom, 'scene' | 'calls'>): () => Promise<void> {
  return useShare({
    roomId: scene.value.room.roomId,
    access: () => scene.value.options.access,
    linkKey: async () => (await calls.options()).linkKey ?? '',
  });
}

/** Where apps that show what is behind a link find the room's title and cover. */
export function sharedAt({ root }: Pick<Place, 'root'>, roomId: string): string {
  return `${window.location.origin}${root}r/${encodeURIComponent(roomId)}`;
}

/** The address with this key for its only parameter; without one it stays as it is. */
export function addressWith(address: string, key: string): string {
  const [page = '', path = ''] = address.split('#');
  return key === '' ? address : `${page}#${path.replace(/\?.*$/, '')}?key=${encodeURIComponent(key)}`;
}

/** Copy a text; say whether that was done, for pages over plain http have no clipboard. */
export async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
