/** What a user is offered to do about somebody, or about what they have said. */

import { may, type Message, outranks, type Rank, type RoomView, seatOf } from '@liveroom/client';
import type { TextKey } from '../i18n/en';
import type { IconName } from './icons';

export interface Offer {
  readonly id: string;
  readonly icon: IconName;
  readonly text: TextKey;
  readonly grave?: boolean;
}

interface Target {
  readonly userId: string;
  readonly rank: Rank;
  /** Said by them. */
  readonly message: Message | null;
}

/** Within this one may take back what one has said oneself. */
const RECALL_MS = 2 * 60_000;

export function offersFor(scene: RoomView, me: string, rank: Rank, target: Target): Offer[] {
  const about = target.message ? [...answering(rank, target), ...saying(me, rank, target)] : [];
  if (target.userId === me) return about;
  if (scene.members.has(target.userId)) about.push({ id: 'mention', icon: 'at', text: 'person.mention' });
  const offers = [...stage(scene, rank, target), ...appointing(scene, rank, target), ...keeping(scene, rank, target)];
  return [...about, ...offers.filter(({ grave }) => !grave), ...offers.filter(({ grave }) => grave)];
}

/** What anybody is offered about anybody else. */
export function socialOffers(me: string, userId: string, now: { follows: boolean; blocked: boolean }): Offer[] {
  if (me === userId || userId === '') return [];
  const block: Offer = now.blocked
    ? { id: 'unblock', icon: 'ban', text: 'block.undo' }
    : { id: 'block', icon: 'ban', text: 'block.do', grave: true };
  if (now.blocked) return [block];
  const follow: Offer = now.follows
    ? { id: 'unfollow', icon: 'heart', text: 'follow.unfollow' }
    : { id: 'follow', icon: 'heart', text: 'follow.follow' };
  return [follow, block];
}

function answering(rank: Rank, { message }: Target): Offer[] {
  if (!message || message.recalled || message.text === '') return [];
  const pin: Offer[] = may(rank, 'pin') ? [{ id: 'pin', icon: 'pin', text: 'person.pin' }] : [];
  return message.type === 'notice' ? pin : [{ id: 'reply', icon: 'reply', text: 'person.reply' }, ...pin];
}

function saying(me: string, rank: Rank, { userId, message }: Target): Offer[] {
  if (!message || message.recalled || message.type === 'notice') return [];
  const fresh = Date.now() - Date.parse(message.time) < RECALL_MS;
  if (!may(rank, 'recall') && !(userId === me && fresh)) return [];
  return [{ id: 'recall', icon: 'back', text: 'person.recall' }];
}

function stage({ members, seats }: RoomView, rank: Rank, { userId, rank: other }: Target): Offer[] {
  const comes = members.has(userId) && seats.seats.length > 0 && !seatOf(seats, userId) && other !== 'owner';
  return comes && may(rank, 'seat') ? [{ id: 'invite', icon: 'seat', text: 'person.invite' }] : [];
}

function appointing({ members }: RoomView, rank: Rank, { userId, rank: other }: Target): Offer[] {
  if (!may(rank, 'appoint')) return [];
  const offers: Offer[] = [];
  if (other === 'moderator') offers.push({ id: 'demote', icon: 'shield', text: 'person.unmoderate' });
  else offers.push({ id: 'moderate', icon: 'shield', text: 'person.moderate' });
  if (other === 'anchor') offers.push({ id: 'demote', icon: 'live', text: 'person.anchor.take' });
  else offers.push({ id: 'make-anchor', icon: 'live', text: 'person.anchor.make' });
  if (members.has(userId)) offers.push({ id: 'transfer', icon: 'key', text: 'person.transfer', grave: true });
  return offers;
}

function keeping({ members, muted }: RoomView, rank: Rank, { userId, rank: other }: Target): Offer[] {
  const report: Offer = { id: 'report', icon: 'flag', text: 'person.report' };
  if (!may(rank, 'moderate') || !outranks(rank, other)) return [report];
  const kick: Offer[] = members.has(userId) ? [{ id: 'kick', icon: 'leave', text: 'person.kick', grave: true }] : [];
  const mute: Offer[] = muted.get(userId)
    ? [{ id: 'unmute', icon: 'chat', text: 'person.unmute' }]
    : [
        { id: 'mute-10', icon: 'mute', text: 'person.mute.10' },
        { id: 'mute', icon: 'mute', text: 'person.mute' },
      ];
  return [
    ...mute,
    ...kick,
    { id: 'ban', icon: 'ban', text: 'person.ban', grave: true },
    report,
  ];
}
