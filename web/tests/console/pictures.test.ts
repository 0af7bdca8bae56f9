import { RefusedError } from '@liveroom/client';
import { expect, it } from 'vitest';

import { type Open, Pictures, type Server, type Shown } from '@/console/pictures';

const server = { url: 'wss://media.example', token: 'hidden' };
const settled = () => new Promise((done) => { setTimeout(done); });

/** Rooms whose media server only notes who looks. */
function rooms(answer: (roomId: string) => Promise<Server | null> = () => Promise.resolve(server)) {
  const asked: string[] = [];
  const told: Shown[] = [];
  let open = 0;
  const opened: Open = (_, shown) => {
    open += 1;
    told.push(shown);
    return Promise.resolve(() => {
      open -= 1;
    });
  };
  const ask = (roomId: string) => {
    asked.push(roomId);
    return answer(roomId);
  };
  return { asked, told, open: () => open, pictures: new Pictures({ ask, open: opened }, 2) };
}

it('a room is looked into while its tile is seen, at most so many at a time', async () => {
  const { pictures, asked, open } = rooms();
  const stops = ['a', 'b', 'c', 'd'].map((room) => pictures.look(room, () => undefined));
  await settled();
  expect([asked, open()]).toEqual([['a', 'b'], 2]);
  stops[2]?.();
  stops[0]?.();
  await settled();
  expect([asked, open()]).toEqual([['a', 'b', 'd'], 2]);
  for (const stop of stops) stop();
  expect(open()).toBe(0);
});

it('a tile that is gone before the room answers opens nothing, and is told nothing more', async () => {
  const { pictures, open, told } = rooms();
  const shown: unknown[] = [];
  pictures.look('a', (track) => shown.push(track))();
  const stop = pictures.look('b', (track) => shown.push(track));
  await settled();
  stop();
  told.at(-1)?.({} as MediaStreamTrack);
  expect([open(), shown]).toEqual([0, [null, null]]);
});

it('where rooms have no hidden viewer, one is asked about and no other', async () => {
  const { pictures, asked } = rooms(() => Promise.reject(new RefusedError(3000, 'PermissionDenied', 'TRTC has no hidden viewer')));
  pictures.look('a', () => undefined);
  await settled();
  pictures.look('b', () => undefined);
  await settled();
  expect(asked).toEqual(['a']);
});

it('a room that has just closed keeps no other from being seen', async () => {
  const closed = (roomId: string) => (roomId === 'a' ? Promise.reject(new RefusedError(2001, 'RoomNotExists', 'no such room')) : Promise.resolve(server));
  const { pictures, open } = rooms(closed);
  for (const room of ['a', 'b', 'c']) pictures.look(room, () => undefined);
  await settled();
  expect(open()).toBe(2);
});
