/** A room and who is in it, as its channel tells it (docs/events.md). */

import type { ChannelState, DataEvent, GiftTotals, Member, Options, RoomConnection, RoomEvent, RoomInfo, RoomNews, RoomStream, RunningRecording, Seats, ShownActivity } from '../types.js';
import { activitiesAfter, isOfActivity } from './activities.js';
import { type Battle, battleAfter, battleFrom, battleScored } from './battle.js';
import type { OpenEnvelope } from './envelopes.js';
import { seatsAfter } from './seats.js';

type Listed = Omit<Member, 'role'> & Partial<Pick<Member, 'role'>>;

export interface RoomView {
  readonly epoch: string;
  /** The number of the last event that is in the view. */
  readonly seq: number;
  /** When that was, in milliseconds since 1970 of the service's clock. */
  readonly time: number;
  readonly room: RoomInfo;
  /** In the order of joining; of a crowd only some. */
  readonly members: ReadonlyMap<string, Member>;
  /** How many members there are. */
  readonly total: number;
  readonly options: Options;
  readonly seats: Seats;
  /** The rooms that it is connected with; null: with none. */
  readonly connection: RoomConnection | null;
  /** The battle that it is in, and for some seconds the one that was; null: none. */
  readonly battle: Battle | null;
  /** What was sent in the broadcast so far. */
  readonly gifts: GiftTotals;
  /** Red envelopes that are not over, those that were sent first first. */
  readonly envelopes: readonly OpenEnvelope[];
  /** Streams that hosts push from an encoder, the oldest first; `streams/current` has their addresses. */
  readonly streams: readonly RoomStream[];
  /** The recording that is made of it, or begins in a moment: tell people that they are recorded; null: none. */
  readonly recording: RunningRecording | null;
  /** Activities that run, such as polls, in the order in which they began. */
  readonly activities: readonly ShownActivity[];
  /** Who was muted since the room is followed, and until when. */
  readonly muted: ReadonlyMap<string, string>;
  /** Why the broadcast ended, when it has. */
  readonly closed: string | null;
}

const NO_GIFTS: GiftTotals = { coins: 0, gifts: 0, senders: 0 };

export function viewFrom(state: ChannelState): RoomView {
  return {
    epoch: state.epoch,
    seq: state.seq,
    time: Date.parse(state.time),
    room: state.room,
    members: new Map(state.members.map((member) => [member.userId, pick(member)])),
    total: state.membersTotal,
    options: state.options,
    seats: state.seats,
    connection: state.connection,
    battle: battleFrom(state.battle, Date.parse(state.time)),
    gifts: state.gifts ?? NO_GIFTS,
    envelopes: (state.envelopes ?? []).map((one) => ({ ...one, left: one.parts })),
    streams: state.streams ?? [],
    recording: state.recording ?? null,
    activities: state.activities ?? [],
    muted: new Map(),
    closed: null,
  };
}

/** Return the events that are not in the view yet: one may arrive after a state that contains it. */
export function freshEvents(view: Pick<RoomView, 'epoch' | 'seq'>, news: RoomNews): readonly RoomEvent[] {
  return news.events.filter(({ epoch, seq }) => epoch !== view.epoch || seq > view.seq);
}

export function viewAfter(view: RoomView, events: readonly RoomEvent[]): RoomView {
  return events.reduce(step, view);
}

function step(view: RoomView, event: RoomEvent): RoomView {
  const next = { ...view, epoch: event.epoch, seq: event.seq, time: Date.parse(event.time) };
  if ('room' in event) return { ...next, room: event.room };
  if ('data' in event) return withData(next, event);
  switch (event.type) {
    case 'room.closed':
      return { ...next, closed: event.reason };
    case 'room.counts': {
      const room = { ...view.room, nnUsers: event.nnUsers, totalJoined: event.totalJoined };
      return { ...next, room, total: event.nnUsers, members: withMembers(view.members, event.sample) };
    }
    case 'member.entered':
      return { ...next, members: withMembers(view.members, [event]) };
    case 'member.left':
      return { ...next, members: without(view.members, event.userId) };
    case 'member.role_changed':
    case 'member.profile_changed':
      return { ...next, members: changed(view.members, event) };
    default:
      return next;
  }
}

function withData(view: RoomView, event: DataEvent): RoomView {
  if (event.type === 'room.options_changed') return { ...view, options: event.data };
  if (isOfBattle(event)) return { ...view, battle: battleAfter(view.battle, event.data.battle, view.time) };
  if (event.type === 'battle.score') return { ...view, battle: battleScored(view.battle, { ...event.data, scoreVersion: event.data.version }) };
  if (event.type === 'stream.changed') return { ...view, streams: event.data.streams };
  if (event.type === 'connection.changed') return { ...view, connection: event.data.connection };
  if (event.type === 'room.likes') return { ...view, room: { ...view.room, star: event.data.likes } };
  if (event.type === 'gift.totals') return { ...view, gifts: event.data };
  if (isOfEnvelope(event)) return { ...view, envelopes: envelopesAfter(view.envelopes, event) };
  if (isOfRecording(event)) return { ...view, recording: recordingAfter(view.recording, event) };
  return withPeople(view, event);
}

function withPeople(view: RoomView, event: DataEvent): RoomView {
  if (isOfActivity(event)) return { ...view, activities: activitiesAfter(view.activities, event) };
  if (event.type === 'member.standing_changed') {
    const { userId, mutedUntil } = event.data;
    return { ...view, muted: new Map([...view.muted, [userId, mutedUntil]]) };
  }
  return { ...view, seats: seatsAfter(view.seats, event) };
}

type BattleEvent = Extract<DataEvent, { type: 'battle.started' | 'battle.changed' | 'battle.ended' }>;

function isOfBattle(event: DataEvent): event is BattleEvent {
  return event.type === 'battle.started' || event.type === 'battle.changed' || event.type === 'battle.ended';
}

type EnvelopeEvent = Extract<DataEvent, { type: `envelope.${string}` }>;

function isOfEnvelope(event: DataEvent): event is EnvelopeEvent {
  return event.type.startsWith('envelope.');
}

type RecordingEvent = Extract<DataEvent, { type: `recording.${string}` }>;

function isOfRecording(event: DataEvent): event is RecordingEvent {
  return event.type.startsWith('recording.');
}

function recordingAfter(known: RunningRecording | null, { type, data }: RecordingEvent): RunningRecording | null {
  const { recordingId, state, beginsAt } = data;
  if (type === 'recording.announced' || type === 'recording.started') return { recordingId, state, beginsAt };
  return known?.recordingId === recordingId ? null : known;
}

function envelopesAfter(known: readonly OpenEnvelope[], event: EnvelopeEvent): readonly OpenEnvelope[] {
  const others = known.filter(({ envelopeId }) => envelopeId !== event.data.envelopeId);
  if (event.type === 'envelope.ended') return others;
  if (event.type === 'envelope.sent') return [...others, { ...event.data, left: event.data.parts }];
  if (event.type === 'envelope.opened') return known;
  const { envelopeId, left } = event.data;
  return known.map((one) => (one.envelopeId === envelopeId ? { ...one, left: Math.min(one.left, left) } : one));
}

/** Hosts first, else in the order of joining. */
export function hostsFirst(members: Iterable<Member>): Member[] {
  return [...members].sort((a, b) => Number(isHost(b)) - Number(isHost(a)));
}

export function isHost(member: Pick<Member, 'role'>): boolean {
  return member.role === 'anchor' || member.role === 'owner';
}

/** Who may publish media: the hosts, and whoever has a seat. */
export function publishersOf({ members, seats }: Pick<RoomView, 'members' | 'seats'>): Set<string> {
  const hosts = [...members.values()].filter(isHost).map(({ userId }) => userId);
  return new Set([...hosts, ...seats.seats.map(({ userId }) => userId).filter((userId) => userId !== '')]);
}

function withMembers(members: ReadonlyMap<string, Member>, more: readonly Listed[]): ReadonlyMap<string, Member> {
  if (more.length === 0) return members;
  const next = new Map(members);
  for (const member of more) next.set(member.userId, pick(member));
  return next;
}

function changed(members: ReadonlyMap<string, Member>, fields: Partial<Member> & { userId: string }) {
  const known = members.get(fields.userId);
  return known ? withMembers(members, [{ ...known, ...fields }]) : members;
}

function without(members: ReadonlyMap<string, Member>, user: string): ReadonlyMap<string, Member> {
  const next = new Map(members);
  next.delete(user);
  return next;
}

function pick({ userId, name, avatar, role = '' }: Listed): Member {
  return { userId, name, avatar, role };
}
