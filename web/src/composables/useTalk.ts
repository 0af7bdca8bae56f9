/** What is said in the room, and saying something. */

import { freshId } from '@liveroom/client';
import type { InRoom } from './useRoom';

/** What is to be said, and of whom and about what. */
export interface Saying {
  readonly text: string;
  readonly replyTo?: string;
  readonly mentions?: readonly string[];
  /** A picture that was uploaded. */
  readonly uploadId?: string;
}

export function useTalk({ calls }: Pick<InRoom, 'calls'>) {
  /** A message that got no answer keeps its key, so that sending it again says it once. */
  let unsent = { saying: '', key: '' };

  return {
    send: async ({ text, ...about }: Saying): Promise<void> => {
      const saying = JSON.stringify({ text, ...about });
      if (unsent.saying !== saying) unsent = { saying, key: freshId() };
      await calls.send(text, { ...about, key: unsent.key });
      unsent = { saying: '', key: '' };
    },
  };
}
