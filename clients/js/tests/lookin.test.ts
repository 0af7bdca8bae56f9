/** An operator looks at what a host shows: over relays alone, and nobody in the room can tell. */

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { PermissionError } from '../src/errors.js';
import { Console } from '../src/operator/console.js';
import { LookIn } from '../src/operator/lookin.js';
import { FakeConnection } from './connections.js';
import { Hall, pass, picture, show } from './hall.js';

const ROOM = 'r';
const NAME = 'watcher:v1.k.sealed';
const TURN = [{ urls: ['turn:turn.example.com'], username: 'u', credential: 'c' }];
const MINUTE = 60_000;

/** A console whose signals reach the pages of a hall, and which hears what they send back. */
class Desk {
  readonly connection = new FakeConnection();
  readonly sent: Record<string, unknown>[] = [];
  readonly console: Console;
  refused = false;

  constructor(private readonly hall: Hall) {
    const send: typeof fetch = (url, init) => {
      const params = JSON.parse(init?.body as string) as Record<string, unknown>;
      return Promise.resolve(new Response(JSON.stringify(this.answer((url as string).split('/base/v1/')[1]!, params))));
    };
    this.console = new Console('https://live.example.com', { fetch: send, connect: () => this.connection });
    hall.outside.set(NAME, (fromUserId, payload) => {
      this.watch?.news({ roomId: ROOM, identity: NAME, fromUserId, payload });
    });
  }

  get watch() {
    return this.connection.followed.get('console:watch');
  }

  async look(): Promise<LookIn> {
    const look = await LookIn.begin(this.console, ROOM, 'host', { makePeer: this.hall.network.make });
    this.watch?.state({});
    await pass();
    return look;
  }

  private answer(method: string, params: Record<string, unknown>): object {
    if (this.refused) return { errorCode: 3000, errorMessage: 'there is no TURN server', codeStr: 'PermissionDenied' };
    if (method === 'admin/watch_signal') {
      this.sent.push(params);
      this.hall.deliver(params.identity as string, params.to as string, params.payload as object);
      return { errorCode: 0, errorMessage: 'ok' };
    }
    const expire = new Date(Date.now() + 10 * MINUTE).toISOString().slice(0, 19).replace('T', ' ');
    const data = { provider: 'mesh', expire, livekit: null, mesh: { iceServers: TURN }, identity: NAME };
    return { errorCode: 0, errorMessage: 'ok', data };
  }
}

let hall: Hall;
let desk: Desk;
beforeEach(() => {
  vi.useFakeTimers();
  hall = new Hall();
  desk = new Desk(hall);
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a look', () => {
  it('shows the picture of the host, over relays alone', async () => {
    await show(hall);
    const look = await desk.look();
    expect(look.state.stream).not.toBeNull();
    const mine = hall.network.peers.at(-1)!.configuration;
    expect(mine).toEqual({ iceServers: TURN, iceTransportPolicy: 'relay' });
  });

  it('is not counted on the room’s page, and outlasts who comes and goes', async () => {
    const host = await show(hall);
    const look = await desk.look();
    hall.enter('v');
    await pass();
    hall.leave('v');
    await pass();
    expect(look.state.stream).not.toBeNull();
    expect(hall.network.peers[0]!.connectionState, 'the host’s end of it').toBe('connected');
    expect(host.reach).toEqual({ connected: 0, unreachable: 0 });
  });

  it('tells no address behind the relay', async () => {
    await show(hall);
    await desk.look();
    const [host, mine] = hall.network.peers.slice(-2);
    const candidate = 'candidate:1 1 udp 1 203.0.113.1 5000 typ relay raddr 10.0.0.7 rport 4000 generation 0';
    mine!.onicecandidate?.({ candidate: { toJSON: () => ({ candidate }) } });
    await pass();
    const told = 'candidate:1 1 udp 1 203.0.113.1 5000 typ relay raddr 0.0.0.0 rport 0 generation 0';
    expect(host!.added.at(-1)).toEqual({ candidate: told });
  });

  it('ends with a goodbye when the operator has seen enough', async () => {
    await show(hall);
    const look = await desk.look();
    look.close();
    await pass();
    expect(look.state).toEqual({ stream: null, trouble: null, isOver: true });
    expect(hall.network.connected).toEqual([]);
    expect(desk.sent.at(-1)?.payload).toMatchObject({ kind: 'bye' });
    expect(desk.watch, 'nothing is listened to any more').toBeUndefined();
  });

  it('ends after ten minutes, and with the channel', async () => {
    await show(hall);
    const [first, second] = [await desk.look(), await desk.look()];
    desk.watch?.ended?.(103);
    expect([first.state.isOver, second.state.isOver]).toEqual([true, true]);
    const third = await desk.look();
    await pass(10 * MINUTE);
    expect(third.state.isOver).toBe(true);
    expect(vi.getTimerCount(), 'no clock is left running').toBe(0);
  });

  it('sees a picture that begins later, and one that comes back', async () => {
    const host = hall.enter('host', 'anchor');
    const look = await desk.look();
    expect(look.state.stream).toBeNull();
    await host.mesh.publish(picture());
    await pass(11_000);
    expect(look.state.stream).not.toBeNull();
    hall.network.connected.at(-1)!.become('failed');
    await pass(1000);
    expect(look.state.stream).not.toBeNull();
  });

  it('says that a host has no room for another viewer', async () => {
    await show(hall);
    for (let one = 0; one < 12; one += 1) hall.enter(`v${String(one)}`);
    await pass();
    const look = await desk.look();
    expect(look.state.trouble).toEqual({ kind: 'full', userId: 'host' });
  });

  it('does not hear what others send to it, or what is for another room', async () => {
    await show(hall);
    const look = await desk.look();
    const bye = { kind: 'bye', from: 'x', full: true };
    const told = { roomId: ROOM, identity: NAME, fromUserId: 'host', payload: bye };
    for (const wrong of [{ roomId: 'other' }, { identity: 'watcher:x' }, { fromUserId: 'v' }, { payload: 'x' }])
      desk.watch?.news({ ...told, ...wrong });
    await pass();
    expect(look.state.trouble).toBeNull();
  });

  it('is refused with the service’s sentence', async () => {
    desk.refused = true;
    await expect(desk.console.lookIn(ROOM, 'host')).rejects.toThrow(PermissionError);
    expect(desk.connection.followed.size).toBe(0);
  });
});
