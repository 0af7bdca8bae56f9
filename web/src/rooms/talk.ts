/** What is said in a room: the newest lines, in order, each once. */

import type { Message } from '../api/show';
import type { RoomEvent } from '../api/types';

/** Enough to scroll back in; ten thousand would make every new line slow. */
export const LINES_MAX = 300;

/** Return the lines with these among them; of more than `LINES_MAX` the oldest go. */
export function withMessages(lines: readonly Message[], more: readonly Message[]): readonly Message[] {
  const fresh = more.filter(isShown);
  if (fresh.length === 0) return lines;
  const known = new Map(lines.map((line) => [line.messageId, line]));
  for (const one of fresh) known.set(one.messageId, one);
  const all = [...known.values()];
  if (!isOrdered(all)) all.sort((a, b) => Number(a.messageId) - Number(b.messageId));
  return all.slice(-LINES_MAX);
}

export function withRecalled(lines: readonly Message[], messageId: string): readonly Message[] {
  return lines.map((line) => {
    if (line.messageId === messageId) return { ...line, text: '', recalled: true };
    // What is taken back is not to be read in the answers to it either.
    return line.replyTo?.messageId === messageId ? { ...line, replyTo: { ...line.replyTo, text: '' } } : line;
  });
}

/** What an event says, if it says something. */
export function saidIn(event: RoomEvent): Message[] {
  if (event.type === 'message.sent') return [event.data];
  return event.type === 'room.notice' ? [notice(event.time, event.data.text)] : [];
}

/** A notice has no number where it is told; that of the history is the millisecond, unless there was a crush. */
function notice(time: string, text: string): Message {
  const nobody = { userId: '', name: '', avatar: '', role: '' };
  const messageId = String(Date.parse(time));
  return { messageId, ...nobody, type: 'notice', text, data: null, priority: 'high', time, recalled: false };
}

/** Messages of apps may have nothing for people to read. */
function isShown(message: Message): boolean {
  return message.recalled || message.text !== '';
}

function isOrdered(lines: readonly Message[]): boolean {
  return lines.every((line, index) => index === 0 || Number(lines[index - 1]?.messageId) <= Number(line.messageId));
}
