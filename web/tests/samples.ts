/** What the service would tell the page, for tests. */

import type { SentGift } from '@liveroom/client';

let sold = 0;

/** A gift that was sent, each with an id of its own. */
export function sentGift(fields: Partial<SentGift> = {}): SentGift {
  const people = { senderId: '2', senderName: 'Ada', senderAvatar: '', receiverId: '1', receiverName: 'Mara' };
  return { sentId: String((sold += 1)), giftId: 'rose', version: 1, count: 1, coins: 1, ...people, ...fields };
}
