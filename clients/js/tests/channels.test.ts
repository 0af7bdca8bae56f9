/** What several parts of a console follow: one connection, one subscription for each channel, and a state for everybody. */

import { afterEach, describe, expect, it, vi } from 'vitest';

import { Channels } from '../src/operator/channels.js';
import { Console } from '../src/operator/index.js';
import { FakeConnection, settle } from './connections.js';
import { Wire } from './wire.js';

const REPORTS = 'console:reports';

function played() {
  const connection = new FakeConnection();
  const follow = vi.spyOn(connection, 'follow');
  const channels = new Channels(() => connection);
  const heard: string[] = [];
  const follower = (name: string) => channels.follow<number, number>(REPORTS, {
    state: (open) => heard.push(`${name} begins with ${open}`),
    news: (open) => heard.push(`${name} hears ${open}`),
    ended: (code) => heard.push(`${name} ends with ${code}`),
  });
  const service = () => connection.followed.get(REPORTS);
  return { connection, channels, follow, heard, follower, service };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('a channel with two who follow it', () => {
  it('is subscribed once, and says everything to both', () => {
    const { follow, heard, follower, service } = played();
    follower('the badge');
    follower('the page');
    service()?.state(2);
    service()?.news(3);
    expect(follow).toHaveBeenCalledOnce();
    expect(heard).toEqual(['the badge begins with 2', 'the page begins with 2', 'the badge hears 3', 'the page hears 3']);
  });

  it('begins anew for whoever comes later, since only a state says how things are', () => {
    const { follow, heard, follower, service } = played();
    follower('the badge');
    service()?.state(2);
    follower('the page');
    service()?.state(4);
    expect(follow).toHaveBeenCalledTimes(2);
    expect(heard).toEqual(['the badge begins with 2', 'the badge begins with 4', 'the page begins with 4']);
  });

  it('goes on when one of them stops, twice even, and is given up after the last', () => {
    const { connection, heard, follower, service } = played();
    const stop = follower('the badge');
    const stopPage = follower('the page');
    stopPage();
    stopPage();
    service()?.state(2);
    expect(heard).toEqual(['the badge begins with 2']);
    stop();
    expect(connection.followed.size).toBe(0);
  });

  it('ends for both, and can be followed again', () => {
    const { heard, follower, service } = played();
    follower('the badge');
    follower('the page');
    service()?.ended?.(102);
    follower('a new page');
    service()?.state(1);
    expect(heard).toEqual(['the badge ends with 102', 'the page ends with 102', 'a new page begins with 1']);
  });

  it('says everything to the other one where one of them fails', () => {
    vi.useFakeTimers({ toFake: ['queueMicrotask'] });
    const { channels, heard, follower, service } = played();
    channels.follow(REPORTS, { state: () => { throw new Error('broken'); }, news: () => undefined });
    follower('the page');
    service()?.state(2);
    expect(heard).toEqual(['the page begins with 2']);
    vi.clearAllTimers();
  });
});

describe('a stop from before', () => {
  it.each([
    ['the connection was closed for good', (connection: FakeConnection) => { connection.turn('closed', 4500); }],
    ['the console was closed', (_: FakeConnection, channels: Channels) => { channels.close(); }],
  ])('%s silences nobody who follows the channel now', (_, end) => {
    const made: FakeConnection[] = [];
    const channels = new Channels(() => made[made.push(new FakeConnection()) - 1]!);
    const news = vi.fn();
    const stop = channels.follow(REPORTS, { state: () => undefined, news: () => undefined });
    end(made[0]!, channels);
    channels.follow(REPORTS, { state: () => undefined, news });
    stop();
    made[1]?.followed.get(REPORTS)?.news(1);
    expect(news).toHaveBeenCalledWith(1);
  });
});

describe('a connection that has to be loaded', () => {
  it('has all that was followed meanwhile and is still', async () => {
    const connection = new FakeConnection();
    const connect = vi.fn(() => Promise.resolve(connection));
    const channels = new Channels(connect);
    const listener = { state: () => undefined, news: () => undefined };
    channels.follow(REPORTS, listener);
    channels.follow('console:overview', listener)();
    channels.follow('room:1', listener);
    await settle();
    expect([connect.mock.calls.length, [...connection.followed.keys()]]).toEqual([1, [REPORTS, 'room:1']]);
  });

  it('is closed at once where nobody waits for it any more', async () => {
    const connection = new FakeConnection();
    const channels = new Channels(() => Promise.resolve(connection));
    channels.follow(REPORTS, { state: () => undefined, news: () => undefined });
    channels.close();
    await settle();
    expect([connection.closed, connection.followed.size]).toEqual([true, 0]);
  });

  it('that cannot be loaded is closed, and loaded again for the next who follows', async () => {
    const connection = new FakeConnection();
    const answers = [() => Promise.reject(new Error('offline')), () => Promise.resolve(connection)];
    const channels = new Channels(() => answers.shift()!());
    const changed = vi.fn();
    channels.onStatus(changed);
    channels.follow(REPORTS, { state: () => undefined, news: () => undefined });
    await settle();
    expect(changed.mock.calls).toEqual([['closed', 0]]);
    channels.follow(REPORTS, { state: () => undefined, news: () => undefined });
    await settle();
    expect([...connection.followed.keys()]).toEqual([REPORTS]);
  });
});

describe('the socket of a console', () => {
  const answering = (answer: object): typeof fetch => () => Promise.resolve(new Response(JSON.stringify({ errorMessage: '', ...answer })));

  it('connects with the token that the service gives', async () => {
    const console = new Console('http://live.example.com', { fetch: answering({ errorCode: 0, data: { token: 't1' } }), websocket: Wire });
    const state = await new Promise((resolve) => { console.follow(REPORTS, { state: resolve, news: () => undefined }); });
    expect(state).toEqual({ of: REPORTS });
    console.close();
  });

  it('is closed with a code of its own where there is no token to be had', async () => {
    const console = new Console('http://live.example.com', { fetch: answering({ errorCode: 3008, codeStr: 'NotOffered' }), websocket: Wire });
    const closed = new Promise((resolve) => { console.onStatus((...said) => { if (said[0] === 'closed') resolve(said); }); });
    console.overview(() => undefined);
    expect(await closed).toEqual(['closed', 1]);
  });
});
