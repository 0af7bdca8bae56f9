/** A room and who is in it, as its channel tells it (docs/events.md). */

import type { Options, Seats } from '../api/show';
import type { Member, Room, RoomEvent, RoomNews, RoomState, ShowEvent } from '../api/types';
import { seatsAfter } from './seats';

export interface Scene {
  readonly epoch: string;
  readonly seq: number;
  readonly room: Room;
  /** In the order of joining; of a crowd only some. */
  readonly members: ReadonlyMap<string, Member>;
  readonly total: number;
  readonly options: Options;
  readonly seats: Seats;
  /** Who was muted since this page follows the room, and until when. */
  readonly muted: ReadonlyMap<string, string>;
  /** Why the broadcast ended, when it has. */
  readonly closed: string | null;
}

export function sceneFrom(state: RoomState): Scene {
  return {
    epoch: state.epoch,
    seq: state.seq,
    room: state.room,
    members: new Map(state.members.map((member) => [member.userId, pick(member)])),
    total: state.membersTotal,
    options: state.options,
    seats: state.seats,
    muted: new Map(),
    closed: null,
  };
}

export function sceneAfter(scene: Scene, news: RoomNews): Scene {
  return news.events.reduce(step, scene);
}

function step(scene: Scene, event: RoomEvent): Scene {
  const next = { ...scene, epoch: event.epoch, seq: Math.max(scene.seq, event.seq) };
  if ('room' in event) return { ...next, room: event.room };
  if ('data' in event) return shown(next, event);
  switch (event.type) {
    case 'room.closed':
      return { ...next, closed: event.reason };
    case 'room.counts': {
      const room = { ...scene.room, nnUsers: event.nnUsers, totalJoined: event.totalJoined };
      return { ...next, room, total: event.nnUsers, members: withMembers(scene.members, event.sample) };
    }
    case 'member.entered':
      return { ...next, members: withMembers(scene.members, [event]) };
    case 'member.left':
      return { ...next, members: without(scene.members, event.userId) };
    case 'member.role_changed':
    case 'member.profile_changed':
      return { ...next, members: changed(scene.members, event) };
    default:
      return next;
  }
}

function shown(scene: Scene, event: ShowEvent): Scene {
  if (event.type === 'room.options_changed') return { ...scene, options: event.data };
  if (event.type === 'room.likes') return { ...scene, room: { ...scene.room, star: event.data.likes } };
  if (event.type === 'member.standing_changed') {
    const { userId, mutedUntil } = event.data;
    return { ...scene, muted: new Map([...scene.muted, [userId, mutedUntil]]) };
  }
  return { ...scene, seats: seatsAfter(scene.seats, event) };
}

/** Hosts first, else in the order of joining. */
function withMembers(members: ReadonlyMap<string, Member>, more: readonly Member[]): ReadonlyMap<string, Member> {
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

function pick({ userId, name, avatar, role }: Member): Member {
  return { userId, name, avatar, role };
}
