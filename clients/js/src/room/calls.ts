/** The calls of one room: seats, messages, moderation, options and roles. */

import type { Connection } from '../connection/connection.js';
import type {
  Appointed,
  AuditLine,
  BattleMatch,
  BattleOutcome,
  BattleRecord,
  BattleState,
  ConnectionOutcome,
  CurrentRoomConnection,
  Data,
  Message,
  Method,
  OptionChanges,
  OptionsWithLink,
  OwnStream,
  OwnStreams,
  Params,
  Report,
  Restricted,
  RoomBattles,
  RoomConnection,
  RoomInfo,
  Seat,
  SeatMode,
  SeatRequest,
  Seats,
  StreamWithKey,
  WatchedStream,
} from '../types.js';

/** How many of a list are asked for. */
const LISTED = 50;

export type RoomCall = <M extends Method>(method: M, params?: Omit<Params<M>, 'roomId'>) => Promise<Data<M>>;

/** Return how to call a method for a room. */
export function roomCall(connection: Pick<Connection, 'call'>, roomId: string): RoomCall {
  return async <M extends Method>(method: M, params?: Omit<Params<M>, 'roomId'>) =>
    (await connection.call(method, { roomId, ...params })) as Data<M>;
}

export type AnyCall = <M extends Method>(method: M, params: Params<M>) => Promise<Data<M>>;

/** Return how to call a method that is about no room. */
export function anyCall(connection: Pick<Connection, 'call'>): AnyCall {
  return async <M extends Method>(method: M, params: Params<M>) => (await connection.call(method, params)) as Data<M>;
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

export interface BattleOptions {
  /** The side of each of the rooms, 1 to 9; this room is of side 1. Without it each room is a side of its own. */
  readonly sides?: readonly number[];
  /** Seconds; the service's own choice by default. */
  readonly duration?: number;
}

/** Battles with other rooms: `room.state.battle` has the one that runs, `room.battleLeft()` how long it goes on. */
export class BattleCalls {
  constructor(private readonly call: RoomCall) {}

  /** Invite the hosts of other rooms, all or none: they hear `battle.invited`, both hear `battle.answered`. */
  readonly invite = (roomIds: readonly string[], options: BattleOptions = {}): Promise<BattleOutcome> =>
    this.call('battles/invite', { roomIds: [...roomIds], ...battled(options) });
  /** Begin at once with connected rooms, where all have the option `openBattles` (else 3062). */
  readonly start = (roomIds: readonly string[], options: BattleOptions = {}): Promise<BattleState> =>
    this.call('battles/start', { roomIds: [...roomIds], ...battled(options) });
  /** Accept an invitation; null: others have not answered yet. */
  readonly accept = async (battleId: string): Promise<BattleState | null> =>
    (await this.call('battles/accept', { battleId })).battle;
  readonly refuse = (battleId: string) => this.call('battles/refuse', { battleId });
  /** Take back the room's invitation, and wait no longer for another host. */
  readonly cancel = (battleId?: string) => this.call('battles/cancel', battleId === undefined ? {} : { battleId });
  /** Begin with whoever else waits in the category, the room's own by default; null: this room waits. */
  readonly match = async (category?: string): Promise<BattleMatch> =>
    this.call('battles/match', category === undefined ? {} : { category });
  /** Give up. */
  readonly end = () => this.call('battles/end');
  /** What runs, and what waits for an answer. */
  readonly current = (): Promise<RoomBattles> => this.call('battles/current');
  /** The room's battles, the newest first. */
  readonly history = ({ limit = LISTED, cursor = '' } = {}): Promise<BattleRecord[]> =>
    this.call('battles/history', { limit, ...(cursor === '' ? {} : { cursor }) });
}

/** Streams that are pushed from an encoder, such as OBS: `room.state.streams` says which are live. */
export class StreamCalls {
  constructor(private readonly call: RoomCall) {}

  /** Make a stream of one's own, as a host or for the seat that one has; its addresses have its key, and are returned this once. */
  readonly create = (seat = 0): Promise<StreamWithKey> => this.call('streams/create', { seat });
  /** Give a stream another key: whoever pushes goes on, and does not come back with the former one. */
  readonly rotateKey = (streamId: string): Promise<StreamWithKey> => this.call('streams/rotate_key', { streamId });
  /** One's own; for the owner, moderators and admins, all of the room's. */
  readonly list = (): Promise<OwnStreams> => this.call('streams/list');
  /** What is live, with one's own addresses, which may end soon. */
  readonly current = (): Promise<WatchedStream[]> => this.call('streams/current');
  /** Cut the encoder off, and let none in until the stream is started again. */
  readonly stop = (streamId: string): Promise<OwnStream> => this.call('streams/stop', { streamId });
  readonly start = (streamId: string): Promise<OwnStream> => this.call('streams/start', { streamId });
  readonly remove = (streamId: string) => this.call('streams/remove', { streamId });
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
  readonly battles: BattleCalls;
  readonly seats: SeatCalls;
  readonly connections: ConnectionCalls;
  readonly messages: MessageCalls;
  readonly moderation: ModerationCalls;
  readonly streams: StreamCalls;

  constructor(readonly call: RoomCall) {
    this.battles = new BattleCalls(call);
    this.connections = new ConnectionCalls(call);
    this.seats = new SeatCalls(call);
    this.messages = new MessageCalls(call);
    this.moderation = new ModerationCalls(call);
    this.streams = new StreamCalls(call);
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

function battled({ sides, ...others }: BattleOptions): { sides?: string; duration?: number } {
  return sides ? { ...others, sides: sides.join(',') } : others;
}

function numbered(seat: number): { seat?: number } {
  return seat === 0 ? {} : { seat };
}
