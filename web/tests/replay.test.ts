import type { ChatPlace, ReplayMessage } from '@liveroom/client';
import { flushPromises } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';

import { fileAt, placeOf } from '../src/media/replay/line';
import { ReplayPlayer } from '../src/media/replay/player';
import { ReplayChat } from '../src/rooms/replaychat';

const file = (offset: number, length: number) => ({ url: `https://x/${String(offset)}.mp4`, expiresAt: null, format: 'mp4', offset, length });
const LINE = [file(0, 60_000), file(60_000, 30_000), file(90_000, 10_000)];

describe('the line of files', () => {
  it('finds the file that is played at a place, and the place again', () => {
    for (const [place, index] of [[0, 0], [59_999, 0], [60_000, 1], [89_999, 1], [90_000, 2]] as const) {
      const found = fileAt(LINE, place);
      expect([found.index, placeOf(LINE[found.index]!, found.within)]).toEqual([index, place]);
    }
    expect(fileAt(LINE, 500_000)).toEqual({ index: 2, within: 10_000 });
  });

  it('goes no farther than a file is said to be long, where that is said', () => {
    expect([placeOf(LINE[0]!, 61_000), placeOf(file(5, 0), 7000)]).toEqual([60_000, 7005]);
  });
});

describe('the player', () => {
  function watch() {
    const video = document.createElement('video');
    let isPaused = true;
    Object.defineProperty(video, 'paused', { get: () => isPaused });
    video.play = () => {
      isPaused = false;
      return Promise.resolve();
    };
    const opened: string[] = [];
    const told: [number, boolean][] = [];
    const player = new ReplayPlayer({
      video,
      line: () => LINE,
      told: (place, plays) => told.push([place, plays]),
      failed: () => undefined,
      open: (_video, { url }) => {
        // A browser stops a video that is given another file.
        isPaused = true;
        video.currentTime = 0;
        opened.push(url.slice(-9));
        return () => undefined;
      },
    });
    const say = (type: string) => video.dispatchEvent(new Event(type));
    player.seek(0);
    say('loadedmetadata');
    return { player, video, opened, say, now: () => told.at(-1) };
  }

  it('goes on with the next file where one ends, and stops behind the last', () => {
    const { player, video, opened, say, now } = watch();
    player.play();
    video.currentTime = 60;
    say('ended');
    expect(now()).toEqual([60_000, true]);
    say('loadedmetadata');
    expect([opened.length, now()]).toEqual([2, [60_000, true]]);
    player.seek(99_000);
    say('loadedmetadata');
    expect([opened.length, video.currentTime, now()]).toEqual([3, 9, [99_000, true]]);
    say('ended');
    expect(opened).toHaveLength(3);
  });

  it('goes to a place of another file, and plays there only if it played', () => {
    const { player, video, opened, say, now } = watch();
    player.seek(75_000);
    expect(now()).toEqual([75_000, false]);
    say('loadedmetadata');
    expect([opened, video.currentTime, now()]).toEqual([['//x/0.mp4', '60000.mp4'], 15, [75_000, false]]);
    player.seek(61_000);
    expect([opened.length, video.currentTime]).toEqual([2, 1]);
  });

  it('opens the file once more where it was, with what it is then', () => {
    const { player, video, opened, say, now } = watch();
    player.seek(75_000);
    say('loadedmetadata');
    player.again();
    say('loadedmetadata');
    expect([opened.length, video.currentTime, now()]).toEqual([3, 15, [75_000, true]]);
  });
});

describe('the chat of a recording', () => {
  const message = (at: number) => ({ at, messageId: String(at + 1), text: String(at) }) as ReplayMessage;
  /** One message each second of an hour. */
  const all = Array.from({ length: 3600 }, (_, second) => message(second * 1000));

  function read() {
    const asked: ChatPlace[] = [];
    let fails = false;
    let now = 0;
    const answer = ({ since = 0, after, limit = 0 }: ChatPlace) => {
      asked.push({ since, ...(after === undefined ? {} : { after }) });
      if (fails) return Promise.reject(new Error('away'));
      const from = after === undefined ? all.findIndex(({ at }) => at >= since) : all.findIndex(({ messageId }) => messageId === after) + 1;
      return Promise.resolve(all.slice(from, from + limit));
    };
    const chat = new ReplayChat(answer, () => undefined, () => now);
    return { chat, asked, fail: (on: boolean) => (fails = on), pass: (ms: number) => (now += ms) };
  }

  const move = async (chat: ReplayChat, place: number) => {
    for (let round = 0; round < 3; round += 1) await chat.move(place);
    await flushPromises();
  };

  it('shows what was said up to the place, the newest hundred', async () => {
    const { chat } = read();
    await move(chat, 0);
    expect(chat.shown(0).map(({ at }) => at)).toEqual([0]);
    await move(chat, 150_500);
    expect([chat.shown(150_500).length, chat.shown(150_500).at(-1)?.at]).toEqual([100, 150_000]);
  });

  it('loads ahead of the place, and nothing twice', async () => {
    const { chat, asked } = read();
    await move(chat, 0);
    await move(chat, 100_000);
    expect(asked).toHaveLength(1);
    await move(chat, 180_000);
    expect(asked.at(-1)).toEqual({ since: 0, after: '199001' });
    expect(new Set(chat.shown(250_000).map(({ messageId }) => messageId)).size).toBe(100);
  });

  it('begins anew near a place far ahead, or before what is loaded', async () => {
    const { chat, asked } = read();
    await move(chat, 0);
    await move(chat, 3_000_000);
    expect([asked.at(-1)?.since, chat.shown(3_000_000).at(-1)?.at]).toEqual([2_880_000, 3_000_000]);
    await move(chat, 60_000);
    expect([asked.at(-1)?.since, chat.shown(60_000).length]).toEqual([0, 61]);
  });

  it('asks again some seconds after a call that failed, not before', async () => {
    const { chat, asked, fail, pass } = read();
    fail(true);
    await move(chat, 0);
    expect(asked).toHaveLength(1);
    fail(false);
    pass(5001);
    await move(chat, 0);
    expect([asked.length, chat.shown(0).length]).toEqual([2, 1]);
  });
});
