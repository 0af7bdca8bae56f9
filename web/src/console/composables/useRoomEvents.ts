/** What happens in a room while it is watched: without being in it, so that nobody there notices. */
import type { RoomEvent, SentGift } from '@liveroom/client';
import { type Ref, shallowRef } from 'vue';

import type { LiveState } from '../live';
import { useChannel } from './useChannel';

/** Something that happened, as one line of the feed. */
export interface Happening {
  readonly key: string;
  readonly at: string;
  readonly type: string;
  /** Who it is about; empty for nobody. */
  readonly userId: string;
  readonly name: string;
  readonly text: string;
  readonly isMessage: boolean;
}

const KEPT = 300;
/** What happens all the time and says nothing by itself. */
const LEFT_OUT: ReadonlySet<RoomEvent['type']> = new Set<RoomEvent['type']>([
  'room.counts',
  'room.likes',
  'gift.more',
  'gift.totals',
  'activity.tally',
  'battle.score',
  'envelope.grabbed',
]);

/** What is told whole: nothing has to be read anew for it. */
const WHOLE: ReadonlySet<string> = new Set<RoomEvent['type']>(['message.sent', 'gift.sent']);

/** Write an event as a line. */
export function happeningOf(event: RoomEvent): Happening {
  const facts = event as unknown as Record<string, unknown>;
  const data = (facts.data ?? {}) as Record<string, unknown>;
  const text = (name: string): string => {
    const value = data[name] ?? facts[name];
    return typeof value === 'string' ? value : '';
  };
  return {
    key: `${event.epoch} ${event.seq}`,
    at: event.time,
    type: event.type,
    userId: text('userId') || text('senderId'),
    name: text('senderName') || text('name'),
    text: event.type === 'gift.sent' ? giftIn(event.data) : text('text') || text('reason') || text('role'),
    isMessage: event.type === 'message.sent',
  };
}

function giftIn({ name, giftId, count, receiverName }: SentGift): string {
  return `${name ?? giftId} × ${count} → ${receiverName}`;
}

export function useRoomEvents(channel: Ref<string>, changed: () => void): { feed: Ref<readonly Happening[]>; state: Ref<LiveState> } {
  const feed = shallowRef<readonly Happening[]>([]);
  const state = useChannel(channel, {
    news: (news) => {
      const { events } = news as { events: RoomEvent[] };
      const fresh = events.filter(({ type }) => !LEFT_OUT.has(type)).map(happeningOf);
      if (fresh.length === 0) return;
      feed.value = [...feed.value, ...fresh].slice(-KEPT);
      if (fresh.some(({ type }) => !WHOLE.has(type))) changed();
    },
  });
  return { feed, state };
}
