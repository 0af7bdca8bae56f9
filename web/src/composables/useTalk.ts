/** What is said in the room: the newest messages when it is opened, then what comes. */

import { freshId } from '@liveroom/client';
import { shallowRef } from 'vue';

import { isRefusal, Unreachable } from '../api/answer';
import type { Message } from '../api/show';
import type { RoomEvent } from '../api/types';
import { saidIn, withMessages, withRecalled } from '../rooms/talk';
import type { InRoom } from './useRoom';

/** What is to be said, and of whom and about what. */
export interface Saying {
  readonly text: string;
  readonly replyTo?: string;
  readonly mentions?: readonly string[];
}

export function useTalk({ calls, listen }: Pick<InRoom, 'calls' | 'listen'>) {
  const lines = shallowRef<readonly Message[]>([]);
  /** A message that got no answer keeps its key, so that sending it again says it once. */
  let unsent = { text: '', key: '' };

  async function load(): Promise<void> {
    try {
      lines.value = withMessages(lines.value, await calls.messages.history());
    } catch (failure) {
      if (!isRefusal(failure) && !(failure instanceof Unreachable)) throw failure;
    }
  }

  function hear(events: readonly RoomEvent[]): void {
    lines.value = withMessages(lines.value, events.flatMap(saidIn));
    for (const event of events) {
      if (event.type === 'message.recalled') lines.value = withRecalled(lines.value, event.data.messageId);
    }
  }

  listen({ events: hear, afresh: () => void load() });
  void load();
  return {
    lines,
    send: async (saying: Saying): Promise<void> => {
      const text = JSON.stringify(saying);
      if (unsent.text !== text) unsent = { text, key: freshId() };
      const { key } = unsent;
      const sent = await calls.messages.send({ ...saying, key });
      unsent = { text: '', key: '' };
      lines.value = withMessages(lines.value, [sent]);
    },
  };
}
