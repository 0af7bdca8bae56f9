import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { LATE_MS } from '../src/media/mesh/link.js';
import { VIEWERS_MAX } from '../src/media/mesh/publisher.js';
import { Hall, Page, pass, picture, show, track } from './hall.js';
import { member } from './samples.js';

let hall: Hall;
beforeEach(() => {
  vi.useFakeTimers();
  hall = new Hall();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a mesh', () => {
  it('carries the picture to whoever comes later', async () => {
    const host = await show(hall);
    const viewer = hall.enter('v');
    await pass();
    expect(viewer.sees).toEqual(['host']);
    expect(host.reach).toEqual({ connected: 1, unreachable: 0 });
    expect(hall.network.peers, 'one connection for one stream').toHaveLength(2);
  });

  it('carries it to whoever was there before', async () => {
    const host = hall.enter('host', 'anchor');
    const viewers = [hall.enter('v'), hall.enter('w')];
    await pass();
    expect(viewers.map(({ sees }) => sees)).toEqual([[], []]);
    await host.mesh.publish(picture());
    await pass();
    expect(viewers.map(({ sees }) => sees)).toEqual([['host'], ['host']]);
  });

  it('carries it to members that become known after the picture', async () => {
    const viewer = hall.enter('v');
    const host = new Page(hall, 'host');
    await host.mesh.publish(picture());
    hall.pages.push(host);
    hall.members = [...hall.members, member('host', 'anchor')];
    hall.tell();
    await pass();
    expect(viewer.sees).toEqual(['host']);
  });

  it('has a connection of its own for each direction between two publishers', async () => {
    const host = await show(hall);
    const other = hall.enter('other', 'anchor');
    await other.mesh.publish(picture());
    await pass();
    expect(host.sees).toEqual(['other']);
    expect(other.sees).toEqual(['host']);
    expect(hall.network.connected).toHaveLength(4);
  });

  it('sends candidates in batches, and keeps those that come too early', async () => {
    await show(hall);
    hall.enter('v');
    await pass();
    const [sender, receiver] = hall.network.peers;
    expect(sender!.added).toEqual([{ candidate: 'a1' }, { candidate: 'b1' }]);
    expect(receiver!.added).toEqual([{ candidate: 'a0' }, { candidate: 'b0' }]);
  });

  it('is connected anew when a picture gives way to a voice alone', async () => {
    const host = await show(hall);
    const viewer = hall.enter('v');
    await pass();
    const voice = { getVideoTracks: () => [], getAudioTracks: () => [track('audio')] } as unknown as MediaStream;
    await host.mesh.publish(voice);
    await pass();
    expect(viewer.sees).toEqual(['host']);
    expect(hall.network.peers).toHaveLength(4);
  });

  it('changes the source without a new connection', async () => {
    const host = await show(hall);
    hall.enter('v');
    await pass();
    const screen = track('video');
    await host.mesh.publish(picture(screen, null));
    expect(hall.network.peers).toHaveLength(2);
    expect(hall.network.peers[0]!.senders.map((sent) => sent.track)).toEqual([null, screen]);
  });

  it('ends for the viewers when the publisher stops', async () => {
    const host = await show(hall);
    const viewer = hall.enter('v');
    await pass();
    await host.mesh.withdraw();
    await pass();
    expect(viewer.sees).toEqual([]);
    expect(hall.network.connected).toEqual([]);
    expect(host.reach.connected).toBe(0);
  });

  it('frees what belongs to a viewer who leaves', async () => {
    const host = await show(hall);
    const viewer = hall.enter('v');
    await pass();
    viewer.mesh.close();
    hall.leave('v');
    await pass();
    expect(host.reach.connected).toBe(0);
  });

  it('forgets a publisher who leaves', async () => {
    await show(hall);
    const viewer = hall.enter('v');
    await pass();
    hall.leave('host');
    expect(viewer.sees).toEqual([]);
  });
});

describe('a seat', () => {
  it('lets its guest be seen by all, and what they show ends with it', async () => {
    const host = await show(hall);
    const [guest, viewer] = [hall.enter('guest', 'speaker'), hall.enter('v')];
    await guest.mesh.publish(picture());
    await pass();
    expect(viewer.sees).toEqual(['host', 'guest']);
    expect([host.sees, guest.sees]).toEqual([['guest'], ['host']]);
    hall.members = hall.members.map((one) => (one.userId === 'guest' ? { ...one, role: 'audience' } : one));
    hall.tell();
    await pass();
    expect(viewer.sees, 'whether the guest stops sending or not').toEqual(['host']);
    expect(host.sees).toEqual([]);
  });

  it('is what it takes to show anything', async () => {
    const host = await show(hall);
    const intruder = hall.enter('intruder');
    await intruder.mesh.publish(picture());
    await pass(500);
    expect(host.sees).toEqual([]);
  });

  it('that is taken again is seen again', async () => {
    await show(hall);
    const guest = hall.enter('guest', 'speaker');
    const viewer = hall.enter('v');
    await guest.mesh.publish(picture());
    await pass();
    for (const role of ['audience', 'speaker']) {
      hall.members = hall.members.map((one) => (one.userId === 'guest' ? { ...one, role } : one));
      hall.tell();
      await pass();
    }
    expect(viewer.sees).toEqual(['host', 'guest']);
  });
});

describe('a lost connection', () => {
  it('is made anew by the viewer', async () => {
    await show(hall);
    const viewer = hall.enter('v');
    await pass();
    hall.network.peers[1]!.become('failed');
    expect(viewer.sees).toEqual([]);
    await pass(1000);
    expect(viewer.sees).toEqual(['host']);
    expect(viewer.trouble).toBeNull();
  });

  it('may come back by itself', async () => {
    await show(hall);
    const viewer = hall.enter('v');
    await pass();
    hall.network.peers[1]!.become('disconnected');
    await pass(2000);
    hall.network.peers[1]!.become('connected');
    await pass(10_000);
    expect(viewer.sees).toEqual(['host']);
    expect(hall.network.peers).toHaveLength(2);
  });

  it('of a publisher who has loaded the page anew is made with the new page', async () => {
    const before = await show(hall);
    const viewer = hall.enter('v');
    await pass();
    before.gone = true;
    const after = hall.enter('host', 'anchor');
    await after.mesh.publish(picture());
    await pass();
    expect(viewer.sees).toEqual(['host']);
    expect(after.reach.connected).toBe(1);
  });

  it('is made up for when signals were lost', async () => {
    const host = await show(hall);
    hall.deaf = true;
    const viewer = hall.enter('v');
    await pass();
    expect(viewer.sees).toEqual([]);
    hall.deaf = false;
    viewer.mesh.refresh();
    host.mesh.refresh();
    await pass();
    expect(viewer.sees).toEqual(['host']);
  });

  it('is not touched by a refresh when it is well', async () => {
    const host = await show(hall);
    const viewer = hall.enter('v');
    await pass();
    viewer.mesh.refresh();
    host.mesh.refresh();
    await pass();
    expect(hall.network.peers).toHaveLength(2);
  });
});

describe('no way through', () => {
  it.each([
    [[], false],
    [[{ urls: ['stun:s.example', 'turn:t.example'] }], true],
  ])('is said after 8 s, with the servers %j', async (iceServers, turn) => {
    hall.iceServers = iceServers;
    hall.network.open = false;
    const host = await show(hall);
    const viewer = hall.enter('v');
    await pass(LATE_MS - 200);
    expect(viewer.trouble).toBeNull();
    await pass(400);
    expect(viewer.trouble).toEqual({ kind: 'unreachable', turn, userId: 'host' });
    expect(host.reach).toEqual({ connected: 0, unreachable: 1 });
  });

  it('is tried again until there is one', async () => {
    hall.network.open = false;
    await show(hall);
    const viewer = hall.enter('v');
    await pass(LATE_MS + 200);
    hall.network.peers[1]!.become('failed');
    expect(viewer.trouble?.kind).toBe('unreachable');
    hall.network.open = true;
    await pass(3000);
    expect(viewer.sees).toEqual(['host']);
    expect(viewer.trouble).toBeNull();
  });

  it('is told from a publisher who has no room for another viewer', async () => {
    await show(hall);
    const viewers = Array.from({ length: VIEWERS_MAX + 1 }, (_, index) => hall.enter(`v${index}`));
    await pass(500);
    expect(viewers.map(({ sees }) => sees.length)).toEqual([...Array<number>(VIEWERS_MAX).fill(1), 0]);
    expect(viewers.at(-1)!.trouble).toEqual({ kind: 'full', userId: 'host' });
  });
});

describe('what is said by others', () => {
  it('may be anything', async () => {
    const host = await show(hall);
    for (const payload of [
      null,
      7,
      'x',
      {},
      { kind: 'toString' },
      { kind: 'offer', from: 'x' },
      { kind: 'ice', from: 'x', to: 'y', stream: 'z', candidates: 4 },
    ]) {
      host.mesh.hear('v', payload);
    }
    await pass();
    expect(hall.network.peers).toEqual([]);
  });

  it('to another page of the same user is passed over', async () => {
    const host = await show(hall);
    const pages = [hall.enter('v'), hall.enter('v')];
    await pass();
    expect(pages.map(({ sees }) => sees)).toEqual([['host'], ['host']]);
    expect(host.reach.connected).toBe(2);
  });
});
