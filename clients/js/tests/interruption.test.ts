import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Hall, pass, show } from './hall.js';

let hall: Hall;
beforeEach(() => {
  vi.useFakeTimers();
  hall = new Hall();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a picture that is lost', () => {
  it('is an interruption while the publisher does not answer, and no fault of the network for half a minute', async () => {
    await show(hall);
    const viewer = hall.enter('v');
    await pass();
    hall.deaf = true;
    hall.network.peers[1]!.become('failed');
    expect(viewer.trouble).toEqual({ kind: 'interrupted', userId: 'host' });
    await pass(28_000);
    expect(viewer.trouble?.kind).toBe('interrupted');
    await pass(10_000);
    expect(viewer.trouble?.kind).toBe('unreachable');
  });

  it('is no interruption when the publisher has said goodbye', async () => {
    const host = await show(hall);
    const viewer = hall.enter('v');
    await pass();
    await host.mesh.withdraw();
    await pass();
    expect(viewer.sees).toEqual([]);
    expect(viewer.trouble).toBeNull();
  });
});
