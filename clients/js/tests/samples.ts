/** What the service would say, for tests. */

import type {
  BattleState,
  ChannelState,
  Member,
  Message,
  Options,
  RoomEvent,
  RoomInfo,
  RoomNews,
  Seat,
  SeatRequest,
} from '../src/types.js';

export function room(fields: Partial<RoomInfo> = {}): RoomInfo {
  return {
    roomId: '40000001',
    appId: '0',
    category: 'live',
    title: 'Songs',
    cover: '',
    subject: '',
    description: '',
    ownBy: '40000001',
    createBy: '40000001',
    updateBy: '40000001',
    createUtc: '2026-01-01 00:00:00',
    updateUtc: '2026-01-01 00:00:00',
    star: 0,
    status: 0,
    removed: 0,
    nnUsers: 1,
    totalJoined: 1,
    ...fields,
  };
}

export function member(userId: string, role = 'audience', name = `name of ${userId}`): Member {
  return { userId, name, avatar: '', role };
}

export function state(fields: Partial<ChannelState> = {}): ChannelState {
  const members = [member('40000001', 'anchor')].map((one) => ({
    ...one,
    apaasUserId: one.userId,
    phone: '',
    userSig: '',
    token: '',
  }));
  const seats = { mode: 'apply' as const, seats: [], requests: [] };
  const begun = { epoch: 'e', seq: 1, offset: 1, time: '2026-01-01T00:00:00.000Z', room: room(), options: options(), seats, connection: null, battle: null };
  return { ...begun, members, membersTotal: 1, ...fields };
}

type Loose = { type: RoomEvent['type'] } & Record<string, unknown>;

/** A publication of these events, numbered from `seq` on. */
export function news(events: readonly Loose[], seq = 2): RoomNews {
  const told = events.map((event, index) => ({
    seq: seq + index,
    epoch: 'e',
    time: '2026-01-01T00:00:00.000Z',
    cause: 'call',
    ...event,
  }));
  return { epoch: 'e', seq: seq + events.length - 1, events: told as unknown as RoomEvent[] };
}

export function options(fields: Partial<Options> = {}): Options {
  return {
    access: 'public',
    hasPassword: false,
    seats: 2,
    seatMode: 'apply',
    slowMode: 0,
    muted: false,
    startUtc: '',
    endUtc: '',
    pinned: null,
    gifts: true,
    openBattles: false,
    followersChat: false,
    followersSeats: false,
    recorded: false,
    liveCover: false,
    ...fields,
  };
}

export function seat(number: number, userId = '', fields: Partial<Seat> = {}): Seat {
  const free = { locked: false, audioMuted: false, videoMuted: false, audioOff: false, videoOff: false };
  return { seat: number, userId, name: userId && `name of ${userId}`, avatar: '', ...free, ...fields };
}

export function request(requestId: string, userId: string, fields: Partial<SeatRequest> = {}): SeatRequest {
  const expireUtc = '2026-01-01 00:00:15';
  return { requestId, kind: 'apply', userId, name: '', avatar: '', seat: 0, by: userId, expireUtc, ...fields };
}

export function message(messageId: string, text = `text of ${messageId}`, fields: Partial<Message> = {}): Message {
  return {
    messageId,
    userId: '7',
    name: 'Ada',
    avatar: '',
    role: 'audience',
    type: 'text',
    text,
    data: null,
    priority: 'normal',
    time: '2026-01-01T00:00:00.000Z',
    recalled: false,
    ...fields,
  };
}

export function battleRoom(roomId: string, side: number, fields: Partial<BattleState['rooms'][number]> = {}): BattleState['rooms'][number] {
  return { roomId, userId: `owner of ${roomId}`, name: `host of ${roomId}`, avatar: '', side, score: 0, likes: 0, ...fields };
}

export function battle(fields: Partial<BattleState> = {}): BattleState {
  return {
    battleId: 'b1',
    version: 1,
    state: 'running',
    startUtc: '2026-01-01 00:00:00',
    endUtc: '2026-01-01 00:05:00',
    endIn: 300_000,
    duration: 300,
    closeUtc: '',
    closeIn: 0,
    rooms: [battleRoom('1', 1), battleRoom('2', 2)],
    scoreVersion: 0,
    ...fields,
  };
}
