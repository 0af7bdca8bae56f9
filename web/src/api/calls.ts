/** The calls of one room's show: seats, messages, likes, moderation, options. */

import type {
  Appointed,
  AuditLine,
  Message,
  OptionsWithLink,
  Report,
  Restricted,
  Seat,
  SeatMode,
  SeatRequest,
  Seats,
  Wishes,
} from './show';
import type { Wire } from './wire';

/** How many of a list the page shows. */
const LISTED = 50;

type Sent = Partial<Pick<Message, 'type' | 'priority'>> & {
  text: string;
  key: string;
  replyTo?: string;
  mentions?: readonly string[];
};
type Call = <T>(method: string, params?: Record<string, unknown>) => Promise<T>;

function seatCalls(call: Call) {
  return {
    list: () => call<Seats>('seats/list'),
    take: (seat = 0) => call<Seat>('seats/take', seat ? { seat } : {}),
    apply: (seat = 0) => call<SeatRequest>('seats/apply', seat ? { seat } : {}),
    invite: (targetId: string, seat = 0) => call<SeatRequest>('seats/invite', seat ? { targetId, seat } : { targetId }),
    approve: (requestId: string) => call<Seat>('seats/approve', { requestId }),
    accept: (requestId: string) => call<Seat>('seats/accept', { requestId }),
    refuse: (requestId: string) => call('seats/refuse', { requestId }),
    cancel: (requestId: string) => call('seats/cancel', { requestId }),
    leave: () => call('seats/leave'),
    move: (seat: number) => call<Seat>('seats/move', { seat }),
    kick: (targetId: string) => call('seats/kick', { targetId }),
    lock: (seat: number, locked: boolean) => call('seats/lock', { seat, locked }),
    /** One's own seat when nobody is named. */
    mute: (what: { audio?: boolean; video?: boolean }, targetId?: string) =>
      call<Seat>('seats/mute', targetId ? { ...what, targetId } : what),
    configure: (fields: { seats?: number; mode?: SeatMode }) => call<Seats>('seats/configure', fields),
  };
}

function messageCalls(call: Call) {
  return {
    send: (message: Sent) => call<Message>('messages/send', message),
    history: () => call<Message[]>('messages/history', { limit: LISTED }),
    recall: (messageId: string) => call('messages/recall', { messageId }),
    pin: (messageId: string) => call('messages/pin', { messageId }),
    unpin: () => call('messages/unpin'),
  };
}

function moderationCalls(call: Call) {
  return {
    mute: (targetId: string, seconds: number, reason: string) =>
      call('moderation/mute', { targetId, seconds, reason }),
    unmute: (targetId: string) => call('moderation/unmute', { targetId }),
    kick: (targetId: string, reason: string) => call('moderation/kick', { targetId, reason }),
    ban: (targetId: string, seconds: number, reason: string) => call('moderation/ban', { targetId, seconds, reason }),
    unban: (targetId: string) => call('moderation/unban', { targetId }),
    banned: () => call<Restricted[]>('moderation/banned', { limit: LISTED }),
    muted: () => call<Restricted[]>('moderation/muted', { limit: LISTED }),
    report: (fields: { targetId: string; messageId?: string; reason: string; text: string }) =>
      call('moderation/report', fields),
    reports: () => call<Report[]>('moderation/reports', { state: 'open', limit: LISTED }),
    /** Of those after this report. */
    countReports: (after: string) =>
      call<{ count: number; newestId: string }>('moderation/count_reports', { after }),
    resolve: (reportId: string) => call('moderation/resolve', { reportId }),
    audit: () => call<AuditLine[]>('moderation/audit', { limit: LISTED }),
  };
}

/** Return the calls of a room. */
export function callsOf(wire: Wire, roomId: string) {
  const call: Call = (method, params = {}) => wire.call(method, { roomId, ...params });
  return {
    seats: seatCalls(call),
    messages: messageCalls(call),
    moderation: moderationCalls(call),
    like: (count: number, batchId: string) => call<{ likes: number }>('rooms/like', { count, batchId }),
    options: () => call<OptionsWithLink>('rooms/options'),
    setOptions: (wishes: Wishes) => call<OptionsWithLink>('rooms/set_options', { ...wishes }),
    setRole: (targetId: string, role: string) => call('rooms/set_role', { targetId, role }),
    roles: () => call<Appointed[]>('rooms/list_roles'),
    transfer: (targetId: string) => call('rooms/transfer_owner', { targetId }),
    invite: (targetId: string) => call('rooms/invite', { targetId }),
  };
}

export type RoomCalls = ReturnType<typeof callsOf>;
