/** A room that somebody enters, with the service and the connection played by the test. */

import { vi } from 'vitest';

import { refusal } from '../src/errors.js';
import { Emitter } from '../src/events.js';
import type { EnterOptions } from '../src/room/membership.js';
import { Room } from '../src/room/room.js';
import { FakeConnection } from './connections.js';
import { message, room as info, state } from './samples.js';

export const ROOM = '40000001';
const CHANNEL = `room:${ROOM}`;
export const MINUTE = 60_000;

class FakeSession extends Emitter<{ closed: null }> {
  close(): void {
    this.emit('closed', null);
  }
}

export class Evening {
  readonly heard: string[] = [];
  readonly session = new FakeSession();
  readonly connection = new FakeConnection({
    'rooms/room_detail': () => info(),
    'rooms/enter_room': ({ role }) => ({ ...info(), role }),
    'rooms/update_room': (fields) => info(fields),
    'rooms/list_roles': () => [],
    'messages/history': () => [message('2'), message('1')],
    'messages/send': ({ text }) => message('5', String(text)),
  });

  constructor(readonly userId = '40000002') {}

  begin(options: EnterOptions = {}): Promise<Room> {
    const user = { userId: this.userId, name: 'Ada', avatar: '' };
    return Room.enter({ user, session: this.session, connection: this.connection, roomId: ROOM, options });
  }

  async enter(options: EnterOptions = {}): Promise<Room> {
    const entering = this.begin(options);
    await vi.advanceTimersByTimeAsync(0);
    this.channel.state(state());
    const room = await entering;
    room.on('event', ({ type }) => this.heard.push(type));
    await vi.advanceTimersByTimeAsync(0);
    return room;
  }

  refuse(code: number): void {
    this.connection.replies['rooms/enter_room'] = () => {
      throw refusal(code, 'Name', 'sentence');
    };
  }

  get channel() {
    const channel = this.connection.followed.get(CHANNEL);
    if (!channel) throw new Error('nobody follows the room');
    return channel;
  }

  get entries(): number {
    return this.connection.callsOf('rooms/enter_room').length;
  }
}
