/** The calls of one room: seats, messages, moderation, options and roles. */

import type { Connection } from '../connection/connection.js';
import type {
  Appointed,
  AuditLine,
  ConnectionOutcome,
  CurrentRoomConnection,
  Data,
  Message,
  Method,
  OptionChanges,
  OptionsWithLink,
  Params,
  Report,
  Restricted,
  RoomConnection,
  RoomInfo,
  Seat,
  SeatMode,
  SeatRequest,
  Seats,
} from '../types.js';

/** How many of a list are asked for. */
const LISTED = 50;

export type RoomCall = <M extends Method>(method: M, params?: Omit<Params<M>, 'roomId'>) => Promise<Data<M>>;

/** Return how to call a method for a room. */
export function roomCall(connection: Pick<Connection, 'call'>, roomId: string): RoomCall {
  return async <M extends Method>(method: M, params?: Omit<Params<M>, 'roomId'>) =>
    (await connection.call(method, { roomId, ...params })) as Data<M>;
}

/** The seats: `seat` counts from 1; without one, any. */
export class SeatCalls {
  constructor(private readonly call: RoomCall) {}

  readonly list = (): Promise<Seats> => this.call('seats/list');
  readonly take = (seat = 0): Promise<Seat> => this.call('seats/take', numbered(seat));
  readonly apply = (seat = 0): Promise<SeatRequest> => this.call('seats/apply', numbered(seat));
  readonly invite = (targetId: string, seat = 0): Promise<SeatRequest> =>
    this.call('seats/invite', { targetId, ...numbered(seat) });
  /** Grant an application, as a host. */
  readonly approve = (requestId: string): Promise<Seat> => this.call('seats/approve', { requestId });
  /** Accept an invitation. */
  readonly accept = (requestId: string): Promise<Seat> => this.call('seats/accept', { requestId });
  readonly refuse = (requestId: string, reason = '') =>
    this.call('seats/refuse', reason === '' ? { requestId } : { requestId, reason });
  /** Withdraw one's own application or invitation. */
  readonly cancel = (requestId: string) => this.call('seats/cancel', { requestId });
  readonly leave = () => this.call('seats/leave');
  readonly move = (seat: number): Promise<Seat> => this.call('seats/move', { seat });
  readonly kick = (targetId: string) => this.call('seats/kick', { targetId });
  readonly lock = (seat: number, locked: boolean) => this.call('seats/lock', { seat, locked });
  /** Mute or unmute; one's own seat if nobody is named. */
  readonly mute = (what: { audio?: boolean; video?: boolean }, targetId?: string): Promise<Seat> =>
    this.call('seats/mute', targetId ? { ...what, targetId } : what);
  readonly configure = (fields: { seats?: number; mode?: SeatMode }): Promise<Seats> =>
    this.call('seats/configure', fields);
}

/** Connecting the room with others: `room.state.connection` says with which it is. */
export class ConnectionCalls {
  constructor(private readonly call: RoomCall) {}

  /** Return live rooms that can be asked; a page may have none although there are more. */
  readonly candidates = (limit = LISTED): Promise<RoomInfo[]> => this.call('connections/candidates', { limit });
  /** Ask other rooms; what became of each. Both hosts hear `connection.requested` (`session.onUserEvent`). */
  readonly request = (roomIds: readonly string[]): Promise<ConnectionOutcome[]> =>
    this.call('connections/request', { roomIds: [...roomIds] });
  readonly accept = (requestId: string): Promise<RoomConnection> => this.call('connections/accept', { requestId });
  readonly refuse = (requestId: string) => this.call('connections/refuse', { requestId });
  /** Take back a request, or all of them. */
  readonly cancel = (requestId?: string) => this.call('connections/cancel', requestId === undefined ? {} : { requestId });
  readonly leave = () => this.call('connections/leave');
  readonly current = (): Promise<CurrentRoomConnection> => this.call('connections/current');
}

/** The messages: `room.send` sends one, and `room.state.messages` has the newest. */
export class MessageCalls {
  constructor(private readonly call: RoomCall) {}

  /** Return the newest messages of the broadcast, newest first. */
  readonly history = (limit = LISTED): Promise<Message[]> => this.call('messages/history', { limit });
  /** Pin a message for everybody, in place of the former: `room.state.options.pinned`. */
  readonly pin = (messageId: string) => this.call('messages/pin', { messageId });
  readonly unpin = () => this.call('messages/unpin');
  readonly recall = (messageId: string) => this.call('messages/recall', { messageId });
}

/** Moderation, and reports to the moderators. `seconds`: 0 for ever. */
export class ModerationCalls {
  constructor(private readonly call: RoomCall) {}

  readonly mute = (targetId: string, seconds: number, reason = '') =>
    this.call('moderation/mute', { targetId, seconds, reason });
  readonly unmute = (targetId: string) => this.call('moderation/unmute', { targetId });
  readonly kick = (targetId: string, reason = '') => this.call('moderation/kick', { targetId, reason });
  readonly ban = (targetId: string, seconds: number, reason = '') =>
    this.call('moderation/ban', { targetId, seconds, reason });
  readonly unban = (targetId: string) => this.call('moderation/unban', { targetId });
  readonly banned = (): Promise<Restricted[]> => this.call('moderation/banned', { limit: LISTED });
  readonly muted = (): Promise<Restricted[]> => this.call('moderation/muted', { limit: LISTED });
  readonly report = (fields: { targetId: string; messageId?: string; reason: string; text: string }) =>
    this.call('moderation/report', fields);
  readonly reports = (): Promise<Report[]> => this.call('moderation/reports', { state: 'open', limit: LISTED });
  /** Count the open reports after this one; empty: all. */
  readonly countReports = (after = ''): Promise<{ count: number; newestId: string }> =>
    this.call('moderation/count_reports', { after });
  readonly resolve = (reportId: string) => this.call('moderation/resolve', { reportId });
  readonly audit = (): Promise<AuditLine[]> => this.call('moderation/audit', { limit: LISTED });
}

/** All of them. */
export class RoomCalls {
  readonly seats: SeatCalls;
  readonly connections: ConnectionCalls;
  readonly messages: MessageCalls;
  readonly moderation: ModerationCalls;

  constructor(readonly call: RoomCall) {
    this.connections = new ConnectionCalls(call);
    this.seats = new SeatCalls(call);
    this.messages = new MessageCalls(call);
    this.moderation = new ModerationCalls(call);
  }

  readonly options = (): Promise<OptionsWithLink> => this.call('rooms/options');
  readonly setOptions = (changes: OptionChanges): Promise<OptionsWithLink> =>
    this.call('rooms/set_options', { ...changes });
  /** Appoint: `moderator`, `anchor`, or `audience` to revoke it. */
  readonly setRole = (targetId: string, role: string) => this.call('rooms/set_role', { targetId, role });
  readonly roles = (): Promise<Appointed[]> => this.call('rooms/list_roles');
  readonly transfer = (targetId: string) => this.call('rooms/transfer_owner', { targetId });
  readonly invite = (targetId: string) => this.call('rooms/invite', { targetId });
}

function numbered(seat: number): { seat?: number } {
  return seat === 0 ? {} : { seat };
}
