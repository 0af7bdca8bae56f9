/** The socket, with a service that is played by the test: what is sent to it are the protocol's own commands. */

import { afterEach, describe, expect, it, vi } from 'vitest';

import { endpointsOf } from '../src/connection/endpoints.js';
import { Socket } from '../src/connection/socket.js';
import { Code, refusal } from '../src/errors.js';
import { Wire } from './wire.js';

function connected(token: () => Promise<string> = () => Promise.resolve('t1')) {
  Wire.made = [];
  const socket = new Socket({ endpoints: endpointsOf('http://live.example.com'), token, isShortLived: true, websocket: Wire });
  const statuses: string[] = [];
  socket.onStatus((status) => statuses.push(status));
  const publish = (channel: string, data: object) => { Wire.made.at(-1)?.say({ push: { channel, pub: { data } } }); };
  return { socket, statuses, publish };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('a channel that is followed anew', () => {
  it('stays when the one who followed it before stops', async () => {
    vi.useFakeTimers();
    const { socket, publish } = connected();
    const heard: unknown[] = [];
    const stop = socket.follow('console:reports', { state: () => undefined, news: () => undefined });
    await vi.advanceTimersByTimeAsync(100);
    socket.follow('console:reports', { state: (data) => heard.push(data), news: (data) => heard.push(data) });
    await vi.advanceTimersByTimeAsync(100);
    stop();
    publish('console:reports', { open: 1 });
    await vi.advanceTimersByTimeAsync(100);
    expect(heard).toEqual([{ of: 'console:reports' }, { open: 1 }]);
    socket.close();
  });
});

describe('a token that is refused', () => {
  it.each([Code.DATABASE_UNAVAILABLE, Code.MAINTENANCE, Code.RATE_LIMITED])('for the moment (%i) is asked for again', async (code) => {
    vi.useFakeTimers();
    const answers = [() => Promise.reject(refusal(code, '', '')), () => Promise.resolve('t1')];
    const { socket, statuses } = connected(() => answers.shift()!());
    await vi.advanceTimersByTimeAsync(20_000);
    expect(statuses.at(-1)).toBe('connected');
    socket.close();
  });

  it('for good ends the connection', async () => {
    vi.useFakeTimers();
    const token = vi.fn(() => Promise.reject(refusal(Code.PERMISSION_DENIED, '', '')));
    const { statuses } = connected(token);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([statuses.at(-1), token.mock.calls.length]).toEqual(['closed', 1]);
  });
});
