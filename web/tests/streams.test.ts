import { flushPromises } from '@vue/test-utils';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { untilRenewal } from '../src/composables/useStreams';
import { type Play, type Players, StreamPlayer, type Watching } from '../src/media/streams/playing';
import { moved } from '../src/media/streams/signed';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Players that note what they were given, and fail when told. */
function noted() {
  const began: string[] = [];
  const closed: string[] = [];
  const failing = new Map<string, () => void>();
  const play =
    (name: string): Play =>
    (_, url, failed) => {
      began.push(`${name} ${url()}`);
      failing.set(name, failed);
      return { delay: () => 1.5, close: () => closed.push(name) };
    };
  const players: Players = {
    whep: () => Promise.resolve(null),
    flv: () => Promise.resolve(play('flv')),
    hls: () => Promise.resolve(play('hls')),
  };
  return { began, closed, failing, players };
}

const ADDRESSES = [
  { protocol: 'whep', url: 'https://a/whep' },
  { protocol: 'flv', url: 'https://a/x.flv' },
  { protocol: 'hls', url: 'https://a/x.m3u8' },
] as const;

it('the first address is played that the browser can play, and the next where it fails', async () => {
  const { began, closed, failing, players } = noted();
  let told: Watching | null = null;
  const player = new StreamPlayer(document.createElement('video'), () => ADDRESSES, (now) => (told = now), players);
  await flushPromises();
  expect(began).toEqual(['flv https://a/x.flv']);
  expect(told).toEqual({ protocol: 'flv', delay: 1.5 });
  failing.get('flv')?.();
  await flushPromises();
  expect(began.at(-1)).toBe('hls https://a/x.m3u8');
  expect(closed).toEqual(['flv']);
  player.close();
  expect(closed).toEqual(['flv', 'hls']);
  expect(told).toBeNull();
});

it('after the last address it begins again, with the addresses as they are then', async () => {
  const { began, failing, players } = noted();
  let addresses: readonly (typeof ADDRESSES)[number][] = [ADDRESSES[2]];
  const player = new StreamPlayer(document.createElement('video'), () => addresses, () => undefined, players);
  await flushPromises();
  addresses = [{ ...ADDRESSES[1] }];
  failing.get('hls')?.();
  await vi.advanceTimersByTimeAsync(2000);
  expect(began).toEqual(['hls https://a/x.m3u8', 'flv https://a/x.flv']);
  player.close();
});

it('a player that is closed while one is loaded begins nothing, and a late failure of a former one changes nothing', async () => {
  const { began, failing, players } = noted();
  const early = new StreamPlayer(document.createElement('video'), () => ADDRESSES, () => undefined, players);
  early.close();
  await flushPromises();
  expect(began).toEqual([]);
  const player = new StreamPlayer(document.createElement('video'), () => ADDRESSES, () => undefined, players);
  await flushPromises();
  const late = failing.get('flv');
  player.restart();
  await flushPromises();
  late?.();
  await flushPromises();
  expect(began).toEqual(['flv https://a/x.flv', 'flv https://a/x.flv']);
  player.close();
});

it('what belongs to a signed stream is asked for by the newest signature, in its path or behind it', () => {
  const began = 'https://a/hls/old/x/index.m3u8?token=1';
  const now = 'https://a/hls/new/x/index.m3u8?token=2';
  expect(moved(began, began, now)).toBe(now);
  expect(moved('https://a/hls/old/x/7.ts', began, now)).toBe('https://a/hls/new/x/7.ts');
  expect(moved('https://a/hls/old/x/7.ts?token=1&n=3', began, now)).toBe('https://a/hls/new/x/7.ts?token=2&n=3');
  expect(moved('https://cdn/7.ts', began, now)).toBe('https://cdn/7.ts');
});

it('addresses are renewed a minute before the first one ends, and never where none does', () => {
  const at = Date.parse('2026-01-01T20:10:00Z');
  const stream = { streamId: 's', userId: '1', state: 'live' as const, seat: 0, startUtc: '', width: 0, height: 0 };
  const signed = { ...stream, addresses: [{ protocol: 'hls' as const, url: 'https://a', expireUtc: '2026-01-01 20:10:00' }] };
  expect(untilRenewal([signed], (end) => end - (at - 600_000))).toBe(540_000);
  expect(untilRenewal([signed], () => 1000)).toBe(5000);
  expect(untilRenewal([{ ...stream, addresses: [{ protocol: 'hls', url: 'https://a' }] }], () => 0)).toBeNull();
});
