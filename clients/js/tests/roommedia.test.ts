import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { refusal } from '../src/errors.js';
import type { Arrived, Media, Present, Surroundings } from '../src/media/media.js';
import { RoomMedia } from '../src/media/roommedia.js';
import type { Room } from '../src/room/room.js';
import { Evening } from './evening.js';
import { member, news, seat } from './samples.js';

const STREAM = {} as MediaStream;
const ARRIVED: Arrived = { userId: '40000001', at: 1, bytes: 2, frames: 3, width: 4, height: 5, delay: null };

/** A provider's media that notes what is asked of it. */
class FakeMedia implements Media {
  readonly did: string[] = [];
  readonly present: Present[] = [];
  fails = false;

  constructor(readonly around: Surroundings) {}

  async join(): Promise<void> {
    await this.around.credential();
    this.did.push('join');
  }

  publish(): Promise<void> {
    this.did.push('publish');
    return this.fails ? Promise.reject(new Error('the vendor says no\nin many lines')) : Promise.resolve();
  }

  withdraw(): Promise<void> {
    this.did.push('withdraw');
    return Promise.resolve();
  }

  renew(): Promise<void> {
    this.did.push('renew');
    return Promise.resolve();
  }

  members(present: Present): void {
    this.present.push(present);
  }

  refresh(): void {
    this.did.push('refresh');
  }

  hear(from: string, payload: unknown): void {
    this.did.push(`hear ${from} ${JSON.stringify(payload)}`);
  }

  measure(): Promise<readonly Arrived[]> {
    return Promise.resolve([ARRIVED]);
  }

  close(): void {
    this.did.push('close');
  }
}

let evening: Evening;
let made: FakeMedia[];
let room: Room;
let media: RoomMedia;

async function begin(userId?: string): Promise<void> {
  evening = new Evening(userId);
  made = [];
  evening.connection.replies['rtc/credential'] = () => ({ provider: 'mesh', role: 'x', expire: '' });
  room = await evening.enter();
  media = new RoomMedia(room, {
    mesh: () =>
      Promise.resolve({
        adapter: (around) => {
          const one = new FakeMedia(around);
          made.push(one);
          return one;
        },
      }),
  });
}

const pass = () => vi.advanceTimersByTimeAsync(0);
const seated = (userId: string) => ({ type: 'seats.changed' as const, data: { mode: 'free', seats: [seat(1, userId)] } });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  media.close();
  vi.useRealTimers();
});

describe('a room’s media', () => {
  it('are joined with one credential, and know who is there', async () => {
    await begin();
    await media.join();
    evening.channel.news(news([{ type: 'member.entered', ...member('7') }]));
    expect(media.state.provider).toBe('mesh');
    expect(evening.connection.callsOf('rtc/credential')).toHaveLength(1);
    expect(made[0]?.present.map(({ members }) => members.length)).toEqual([1, 2]);
    expect([...(made[0]?.present[1]?.publishers ?? [])]).toEqual(['40000001']);
  });

  it('show a host’s stream as soon as they are joined', async () => {
    await begin('40000001');
    media.publish(STREAM);
    await media.join();
    await pass();
    expect(made[0]?.did).toEqual(['join', 'publish']);
  });

  it('show a viewer’s stream from the moment they have a seat, and no longer', async () => {
    await begin();
    await media.join();
    media.publish(STREAM);
    await pass();
    expect(made[0]?.did).not.toContain('publish');
    evening.channel.news(news([seated('40000002')]));
    await pass();
    expect(made[0]?.did.slice(-2)).toEqual(['renew', 'publish']);
    evening.channel.news(news([seated('')], 3));
    await pass();
    expect(made[0]?.did.slice(-2)).toEqual(['withdraw', 'renew']);
  });

  it('hear signals of this room, and are refreshed after a cut', async () => {
    await begin();
    await media.join();
    evening.connection.tell({ type: 'rtc.signal', roomId: '40000001', fromUserId: '7', payload: { kind: 'live' } });
    evening.connection.tell({ type: 'rtc.signal', roomId: '9', fromUserId: '7', payload: {} });
    evening.connection.turn('connected');
    expect(made[0]?.did.slice(-2)).toEqual(['hear 7 {"kind":"live"}', 'refresh']);
  });

  it('of a mesh need the socket, through which browsers find each other', async () => {
    await begin();
    evening.connection.isPolling = true;
    await media.join();
    expect(media.state.trouble).toEqual({ kind: 'no_socket' });
    expect(made[0]?.did).toEqual(['close']);
  });

  it('say what the service refuses apart from what the provider does', async () => {
    await begin('40000001');
    evening.connection.replies['rtc/credential'] = () => {
      throw refusal(3008, 'NotOffered', 'not here');
    };
    await media.join();
    expect(media.state.failure).toMatchObject({ code: 3008 });
    evening.connection.replies['rtc/credential'] = () => ({ provider: 'mesh', role: 'x', expire: '' });
    await media.join();
    expect(media.state.failure).toBeNull();
    made[0]!.fails = true;
    media.publish(STREAM);
    await pass();
    expect(media.state.trouble).toEqual({ kind: 'provider', detail: 'the vendor says no' });
  });

  it('say that an app has no adapter for the provider', async () => {
    await begin();
    evening.connection.replies['rtc/credential'] = () => ({ provider: 'trtc', role: 'x', expire: '' });
    await media.join();
    expect(media.state.trouble).toEqual({ kind: 'provider', detail: 'this app has no adapter for trtc' });
  });

  it('end with their room', async () => {
    await begin();
    await media.join();
    media.close();
    expect(made[0]?.did.at(-1)).toBe('close');
  });

  it('say how what others show arrives, once somebody carries it', async () => {
    await begin();
    expect(await media.measure()).toEqual([]);
    await media.join();
    expect(await media.measure()).toEqual([ARRIVED]);
  });
});
