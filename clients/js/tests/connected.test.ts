import { describe, expect, it, vi } from 'vitest';

import { ConnectedRooms } from '../src/media/connected.js';
import type { Adapter, Credential, Present, Surroundings } from '../src/media/media.js';
import type { RoomConnection } from '../src/types.js';

const credential: Credential = { provider: 'mesh', role: 'audience', expire: '', mesh: { iceServers: [] } };

function connectionOf(version: number, ...rooms: string[]): RoomConnection {
  const hosts = rooms.map((roomId) => ({ roomId, userId: `host of ${roomId}`, name: '', avatar: '' }));
  return { connectionId: 'c', version, startUtc: '', rooms: hosts };
}

/** A room's media that only says what it is asked for. */
class Hall {
  readonly opened: Surroundings[] = [];
  readonly closed: string[] = [];
  readonly present: Present[] = [];
  readonly calls: string[] = [];
  refuses = 0;
  rooms: readonly string[] = [];
  heard: string[] = [];
  refreshed = 0;

  readonly adapter: Adapter = (around) => {
    this.opened.push(around);
    return {
      join: () => (this.refuses-- > 0 ? Promise.reject(new Error('down')) : Promise.resolve()),
      publish: () => Promise.resolve(),
      withdraw: () => Promise.resolve(),
      members: (present) => this.present.push(present),
      hear: (from) => this.heard.push(`${around.roomId}: ${from}`),
      refresh: () => (this.refreshed += 1),
      close: () => this.closed.push(around.roomId),
    };
  };

  make(remotes: (count: number) => void = () => undefined): ConnectedRooms {
    const call = (method: string) => {
      this.calls.push(method);
      return Promise.resolve(this.rooms.map((roomId) => ({ roomId, userId: `host of ${roomId}`, credential })));
    };
    return new ConnectedRooms({
      connection: { call: call },
      roomId: 'a',
      me: 'me',
      adapters: { mesh: () => Promise.resolve({ adapter: this.adapter }) },
      remotes: (now) => {
        remotes(now.length);
      },
    });
  }

  get names(): string[] {
    return this.opened.map(({ roomId }) => roomId);
  }
}

describe('connected rooms', () => {
  it('have a media each, which is told of their owner and shows nothing', async () => {
    const hall = new Hall();
    hall.rooms = ['b', 'c'];
    const seen: number[] = [];
    const connected = hall.make((count) => seen.push(count));
    connected.follow(connectionOf(1, 'a', 'b', 'c'));
    await vi.waitFor(() => {
      expect(hall.present).toHaveLength(2);
    });
    expect(hall.names).toEqual(['b', 'c']);
    expect(hall.present.map(({ publishers }) => [...publishers])).toEqual([['host of b'], ['host of c']]);
    expect(hall.opened[0]?.publishes()).toBe(false);
    hall.opened[0]?.events.remotes([
      { userId: 'host of b', stream: {} as MediaStream },
      { userId: 'somebody else', stream: {} as MediaStream },
    ]);
    expect(seen).toEqual([1]);
    connected.close();
    expect(hall.closed).toEqual(['b', 'c']);
  });

  it('come and go with the connection, and those that stay are left alone', async () => {
    const hall = new Hall();
    hall.rooms = ['b'];
    const connected = hall.make();
    connected.follow(connectionOf(1, 'a', 'b'));
    await vi.waitFor(() => {
      expect(hall.present).toHaveLength(1);
    });
    hall.rooms = ['b', 'c'];
    connected.follow(connectionOf(2, 'a', 'b', 'c'));
    await vi.waitFor(() => {
      expect(hall.names).toEqual(['b', 'c']);
    });
    connected.follow(connectionOf(3, 'a', 'c'));
    await vi.waitFor(() => {
      expect(hall.closed).toEqual(['b']);
    });
    connected.follow(null);
    await vi.waitFor(() => {
      expect(hall.closed).toEqual(['b', 'c']);
    });
    expect(hall.calls).toHaveLength(2);
    connected.close();
  });

  it('hear signals of their owners only, of their own room only', async () => {
    const hall = new Hall();
    hall.rooms = ['b'];
    const connected = hall.make();
    connected.follow(connectionOf(1, 'a', 'b'));
    await vi.waitFor(() => {
      expect(hall.present).toHaveLength(1);
    });
    connected.hear('b', 'host of b', {});
    connected.hear('b', 'a stranger', {});
    connected.hear('x', 'host of b', {});
    expect(hall.heard).toEqual(['b: host of b']);
    connected.close();
  });

  it('are asked again while nothing of theirs has come, and tried again when they could not be joined', async () => {
    vi.useFakeTimers();
    const hall = new Hall();
    hall.rooms = ['b'];
    hall.refuses = 1;
    const connected = hall.make();
    connected.follow(connectionOf(1, 'a', 'b'));
    await vi.advanceTimersByTimeAsync(0);
    expect(hall.closed).toEqual([]);
    await vi.advanceTimersByTimeAsync(3000);
    expect(hall.names).toEqual(['b', 'b']);
    await vi.advanceTimersByTimeAsync(3000);
    expect(hall.refreshed).toBe(1);
    connected.close();
    vi.useRealTimers();
  });
});
