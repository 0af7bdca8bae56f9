/** Where a room stands in lists: pinned, featured, behind all others, hidden in this broadcast, or on none at all. */
import type { Data } from '@liveroom/client';

import { useCommon } from '../i18n/common';
import { useRoomsTexts } from '../i18n/rooms';
import { wireTime } from '../time';
import { useAction } from './useAction';
import { useConsole } from './useConsole';
import { useSpans } from './useFields';

type Room = Data<'admin/get_room'>;
export type Step = 'pin' | 'unpin' | 'feature' | 'unfeature' | 'demote' | 'undemote' | 'hide' | 'unhide';
/** Those that may end by themselves. */
const LASTING: ReadonlySet<Step> = new Set(['pin', 'feature', 'demote']);

export function usePlacement(changed: () => Promise<unknown>) {
  const { api } = useConsole();
  const { t } = useRoomsTexts();
  const spans = useSpans();
  const { t: common } = useCommon();
  const { askThen } = useAction();

  /** What can be done with a room as it is. */
  function stepsOf({ placement, unlisted, state }: Room): { key: Step; label: string }[] {
    const steps: Step[] = [
      placement.pin > 0 ? 'unpin' : 'pin',
      placement.featured ? 'unfeature' : 'feature',
      placement.demoted ? 'undemote' : 'demote',
      ...(state === 'live' ? [unlisted ? ('unhide' as const) : ('hide' as const)] : []),
    ];
    return steps.map((key) => ({ key, label: t(key) }));
  }

  const calls: Record<Step, (roomId: string, aside: { why: string; until?: string }) => Promise<unknown>> = {
    pin: (roomId, aside) => api.call('admin/pin_room', { roomId, position: 1, ...aside }),
    unpin: (roomId, aside) => api.call('admin/pin_room', { roomId, position: 0, ...aside }),
    feature: (roomId, aside) => api.call('admin/feature_room', { roomId, featured: true, ...aside }),
    unfeature: (roomId, aside) => api.call('admin/feature_room', { roomId, featured: false, ...aside }),
    demote: (roomId, aside) => api.call('admin/demote_room', { roomId, demoted: true, ...aside }),
    undemote: (roomId, aside) => api.call('admin/demote_room', { roomId, demoted: false, ...aside }),
    hide: (roomId, { why }) => api.call('admin/hide_room', { roomId, why }),
    unhide: (roomId, { why }) => api.call('admin/unhide_room', { roomId, why }),
  };

  async function place(step: Step, room: Room): Promise<void> {
    const fields = LASTING.has(step) ? [{ name: 'seconds', label: t('placeFor'), kind: 'choice' as const, value: '', choices: spans(t('forEver')) }] : [];
    const title = t('placeTitle', { action: t(step), name: room.title || common('word.untitled') });
    await askThen(
      { title, action: t(step), fields },
      ({ values, why }) => {
        const seconds = Number(values.seconds);
        return calls[step](room.roomId, seconds > 0 ? { why, until: wireTime(new Date(Date.now() + seconds * 1000)) } : { why }).then(changed);
      },
      t('placed'),
    );
  }

  return { stepsOf, place };
}
