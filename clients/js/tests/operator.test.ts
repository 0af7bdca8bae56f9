/** An operator's client: calls by cookie or key, what the console's channels say, and rooms that are only watched. */

import { describe, expect, it, vi } from 'vitest';

import { type AppealNews, Console, type Overview, type ReportNews, RoomOverError, type WatchedRoom } from '../src/operator/index.js';
import { FakeConnection, settle } from './connections.js';
import { message, state } from './samples.js';

const ROOM = '40000001';
const NOW = { online: 3, rooms: 1 } as Overview;

function answering(data: unknown) {
  const sent: { url: string; init: RequestInit }[] = [];
  const send: typeof fetch = (url, init = {}) => {
    sent.push({ url: url as string, init });
    return Promise.resolve(new Response(JSON.stringify({ errorCode: 0, errorMessage: 'ok', data })));
  };
  return { sent, send };
}

function desk() {
  const connection = new FakeConnection();
  return { connection, console: new Console('https://live.example.com', { connect: () => connection }) };
}

async function watched(): Promise<{ connection: FakeConnection; room: WatchedRoom }> {
  const { connection, console } = desk();
  const watching = console.watchRoom(ROOM);
  connection.followed.get(`room:${ROOM}`)?.state(state());
  return { connection, room: await watching };
}

describe('calls', () => {
  it('go by the cookie of the page, with the header that other pages cannot send', async () => {
    const { sent, send } = answering([]);
    const console = new Console('https://live.example.com/app', { fetch: send, tenant: 'acme' });
    expect(await console.call('admin/list_reports', { state: 'open' })).toEqual([]);
    const [{ url, init }] = sent as [(typeof sent)[0]];
    const headers = new Headers(init.headers);
    expect(url).toBe('https://live.example.com/app/base/v1/admin/list_reports');
    expect([headers.get('x-liveroom-console'), headers.get('authorization')]).toEqual(['1', null]);
    expect(init.credentials).toBe('same-origin');
    expect(JSON.parse(init.body as string)).toEqual({ apaasAppId: 'acme', state: 'open' });
  });

  it('go by a server key in Node', async () => {
    const { sent, send } = answering({ token: 'lrc_t' });
    await new Console('https://live.example.com', { fetch: send, key: 'lrk_k' }).call('admin/socket_token');
    const headers = new Headers(sent[0]?.init.headers);
    expect([headers.get('x-liveroom-console'), headers.get('authorization')]).toEqual([null, 'Bearer lrk_k']);
  });
});

describe('files of gifts', () => {
  it('are announced, sent where the service says, and published', async () => {
    const sent: { url: string; method: string }[] = [];
    const answers = [
      { uploadId: 'u1', method: 'PUT', url: '/app/uploads/u1?signature=s', headers: { 'Content-Type': 'image/png' }, expiresUtc: '' },
      { uploadId: 'u1', url: '/app/files/a.png' },
    ];
    const send: typeof fetch = (url, { method = 'GET' } = {}) => {
      sent.push({ url: url as string, method });
      const body = method === 'PUT' ? null : JSON.stringify({ errorCode: 0, errorMessage: 'ok', data: answers.shift() });
      return Promise.resolve(new Response(body, { status: method === 'PUT' ? 204 : 200 }));
    };
    const console = new Console('https://live.example.com/app', { fetch: send });
    const published = await console.upload(new Blob(['file'], { type: 'image/png' }), 'gift_icon');
    expect(published.url).toBe('/app/files/a.png');
    expect(sent).toEqual([
      { url: 'https://live.example.com/app/base/v1/admin/create_upload', method: 'POST' },
      { url: 'https://live.example.com/app/uploads/u1?signature=s', method: 'PUT' },
      { url: 'https://live.example.com/app/base/v1/admin/finish_upload', method: 'POST' },
    ]);
  });
});

describe('channels', () => {
  it('say how things are, at the beginning and from then on', () => {
    const { connection, console } = desk();
    const seen: Overview[] = [];
    const stop = console.overview((now) => seen.push(now));
    connection.followed.get('console:overview')?.state(NOW);
    connection.followed.get('console:overview')?.news({ ...NOW, online: 4 });
    expect(seen.map(({ online }) => online)).toEqual([3, 4]);
    stop();
    expect(connection.followed.size).toBe(0);
  });

  it('share one connection, which is made anew after it was closed for good', () => {
    const made: FakeConnection[] = [];
    const connect = () => made[made.push(new FakeConnection()) - 1]!;
    const console = new Console('https://live.example.com', { connect });
    const statuses: string[] = [];
    console.onStatus((status, code) => statuses.push(`${status} ${String(code)}`));
    const reports: ReportNews[] = [];
    console.reports((news) => reports.push(news));
    console.overview(() => undefined);
    expect(made.length).toBe(1);
    made[0]?.turn('closed', 4500);
    expect(statuses).toEqual(['closed 4500']);
    console.reports((news) => reports.push(news));
    made[1]?.followed.get('console:reports')?.state({ open: 2, report: null });
    expect(reports).toEqual([{ open: 2, report: null }]);
    console.close();
    expect(made[1]?.closed).toBe(true);
  });

  it('say how many appeals wait, and which has changed', () => {
    const { connection, console } = desk();
    const seen: AppealNews[] = [];
    const stop = console.appeals((news) => seen.push(news));
    const appeal = { statementId: 's1', state: 'appealed' } as AppealNews['appeal'];
    connection.followed.get('console:appeals')?.state({ open: 0, appeal: null });
    connection.followed.get('console:appeals')?.news({ open: 1, appeal });
    expect(seen).toEqual([{ open: 0, appeal: null }, { open: 1, appeal }]);
    stop();
    expect(connection.followed.size).toBe(0);
  });

  it('get their token from the service', async () => {
    const { send } = answering({ token: 'lrc_t' });
    let token: (() => Promise<string>) | undefined;
    const connect = (ask: () => Promise<string>) => {
      token = ask;
      return new FakeConnection();
    };
    new Console('https://live.example.com', { fetch: send, connect }).overview(() => undefined);
    expect(await token?.()).toBe('lrc_t');
  });
});

describe('a watched room', () => {
  it('has the state and the events of the room, and nobody in it', async () => {
    vi.useFakeTimers();
    const { connection, room } = await watched();
    const texts: string[] = [];
    room.on('message', ({ text }) => texts.push(text));
    await vi.advanceTimersByTimeAsync(0);
    const { epoch, seq } = room.state;
    const event = { type: 'message.sent', epoch, seq: seq + 1, time: '2026-01-01T00:00:00.000Z', cause: 'call', data: message('7') };
    connection.followed.get(`room:${ROOM}`)?.news({ events: [event] });
    connection.followed.get(`room:${ROOM}`)?.news({ events: [event] });
    expect(texts.length).toBe(1);
    expect(room.state.messages.map(({ messageId }) => messageId)).toEqual(['7']);
    room.addMessages([message('3')]);
    expect(room.state.messages.map(({ messageId }) => messageId)).toEqual(['3', '7']);
    expect([room.roomId, room.state.me.userId, room.state.status]).toEqual([ROOM, '', 'inside']);
    expect(connection.calls).toEqual([]);
    vi.useRealTimers();
  });

  it.each([
    [2001, 'closed'],
    [102, 'missing'],
    [103, 'refused'],
    [109, 'failed'],
  ])('is over with %i: %s', async (code, reason) => {
    const { connection, room } = await watched();
    connection.followed.get(`room:${ROOM}`)?.ended?.(code);
    expect([room.state.status, room.state.end?.reason]).toEqual(['ended', reason]);
    expect(connection.followed.size).toBe(0);
  });

  it('that is not live is none', async () => {
    const { connection, console } = desk();
    const watching = console.watchRoom(ROOM);
    connection.followed.get(`room:${ROOM}`)?.ended?.(102);
    await expect(watching).rejects.toThrow(RoomOverError);
  });

  it('is over when the operator is signed out, and is replaced as a whole after a long cut', async () => {
    const { connection, room } = await watched();
    const refreshed = vi.fn();
    room.on('refreshed', refreshed);
    connection.followed.get(`room:${ROOM}`)?.state(state({ membersTotal: 9 }));
    await settle();
    expect([room.state.total, refreshed.mock.calls.length]).toEqual([9, 1]);
    connection.turn('closed', 4500);
    expect(room.state.end).toEqual({ reason: 'signed_out', detail: '4500' });
    room.close();
    expect(room.state.end?.reason).toBe('signed_out');
  });
});
