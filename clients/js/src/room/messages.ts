/** The messages of a room: the newest, in order, each once. */

import type { Message, RoomEvent } from '../types.js';

/** Enough to scroll back in; ten thousand would make every new line slow. */
export const MESSAGES_MAX = 300;

/** What a message shows beside its text. */
export interface MessagePicture {
  readonly url: string;
  readonly width: number;
  readonly height: number;
}

/** Return the picture of a message; null if it has none. */
export function pictureOf({ data }: Pick<Message, 'data'>): MessagePicture | null {
  const { upload } = (data ?? {}) as { upload?: Partial<MessagePicture> | null };
  const { url, width, height } = upload ?? {};
  return typeof url === 'string' ? { url, width: width ?? 0, height: height ?? 0 } : null;
}

/** Return the messages with these among them; of more than `MESSAGES_MAX` the oldest go. */
export function withMessages(messages: readonly Message[], more: readonly Message[]): readonly Message[] {
  const fresh = more.filter(isShown);
  if (fresh.length === 0) return messages;
  const known = new Map(messages.map((one) => [one.messageId, one]));
  for (const one of fresh) known.set(one.messageId, one);
  const all = [...known.values()];
  if (!isOrdered(all)) all.sort((a, b) => Number(a.messageId) - Number(b.messageId));
  return all.slice(-MESSAGES_MAX);
}

/** Return the messages after events of the room. */
export function messagesAfter(messages: readonly Message[], events: readonly RoomEvent[]): readonly Message[] {
  const recalled = events.flatMap((event) => (event.type === 'message.recalled' ? [event.data.messageId] : []));
  return recalled.reduce(withRecalled, withMessages(messages, events.flatMap(messagesIn)));
}

export function withRecalled(messages: readonly Message[], messageId: string): readonly Message[] {
  return messages.map((one) => {
    if (one.messageId === messageId) return { ...one, text: '', data: null, recalled: true };
    // What is recalled is not to be read in the answers to it either.
    return one.replyTo?.messageId === messageId ? { ...one, replyTo: { ...one.replyTo, text: '' } } : one;
  });
}

/** Return the message in an event, if there is one. */
export function messagesIn(event: RoomEvent): Message[] {
  if (event.type === 'message.sent') return [event.data];
  return event.type === 'room.notice' ? [notice(event.time, event.data.text)] : [];
}

/** A notice has no number in its event; that of the history is the millisecond, unless there was a crush. */
function notice(time: string, text: string): Message {
  const nobody = { userId: '', name: '', avatar: '', role: '' };
  const messageId = String(Date.parse(time));
  return { messageId, ...nobody, type: 'notice', text, data: null, priority: 'high', time, recalled: false };
}

/** Messages of apps may have nothing for people to read: those are events only. */
function isShown(message: Message): boolean {
  return message.recalled || message.text !== '' || pictureOf(message) !== null;
}

function isOrdered(all: readonly Message[]): boolean {
  return all.every((one, index) => index === 0 || Number(all[index - 1]?.messageId) <= Number(one.messageId));
}
