import { describe, expect, it } from 'vitest';

import { Recordings } from '../src/session/recordings.js';
import { may } from '../src/room/ranks.js';
import { RoomRecordings } from '../src/room/recordings.js';
import { viewAfter, viewFrom } from '../src/room/view.js';
import type { RoomEvent } from '../src/types.js';
import { state } from './samples.js';

const told = (seq: number, type: string, recordingId: string, how: string) =>
  ({ epoch: 'e', seq, type: `recording.${type}`, data: { recordingId, state: how, beginsAt: '2026-12-01T10:00:05Z', beginsIn: 0, reason: '', files: 0 } }) as unknown as RoomEvent;

describe('the state of a room', () => {
  it('has the recording from when it is announced until it ends, and not for what is said of another one', () => {
    const first = viewFrom(state({}));
    const shown = (...events: RoomEvent[]) => viewAfter(first, events).recording?.state ?? null;
    const [announced, started] = [told(2, 'announced', 'r1', 'announced'), told(3, 'started', 'r1', 'recording')];
    expect(first.recording).toBeNull();
    expect(shown(announced)).toBe('announced');
    expect(shown(announced, started)).toBe('recording');
    expect(shown(announced, started, told(4, 'ready', 'r0', 'ready'))).toBe('recording');
    expect(shown(announced, started, told(4, 'ended', 'r1', 'processing'))).toBeNull();
    expect(shown(announced, told(4, 'failed', 'r1', 'failed'))).toBeNull();
  });
});

describe('recordings', () => {
  it('are started for the room, and stopped by their id', async () => {
    const calls: unknown[] = [];
    const call = (where: string) => (method: string, params?: object) => Promise.resolve(calls.push([where, method, params]));
    const recordings = new RoomRecordings(call('room') as never, call('any') as never);
    await recordings.start();
    await recordings.stop('r1');
    await recordings.list(5);
    expect(calls).toEqual([
      ['room', 'recordings/start', undefined],
      ['any', 'recordings/stop', { recordingId: 'r1' }],
      ['room', 'recordings/list', { limit: 5 }],
    ]);
  });

  it('are watched with what was said from a place on, or after a message', async () => {
    const calls: unknown[] = [];
    const recordings = new Recordings({ call: (method, params) => Promise.resolve(calls.push([method, params])) });
    await recordings.replay('r1');
    await recordings.chat('r1', { since: 5000 });
    await recordings.chat('r1', { after: '17', limit: 200 });
    await recordings.remove('r1');
    expect(calls).toEqual([
      ['recordings/replay', { recordingId: 'r1' }],
      ['recordings/chat', { recordingId: 'r1', since: 5000, limit: 100 }],
      ['recordings/chat', { recordingId: 'r1', since: 0, limit: 200, cursor: '17' }],
      ['recordings/delete', { recordingId: 'r1' }],
    ]);
  });

  it('are the owner’s alone to start', () => {
    expect([may('owner', 'record'), may('moderator', 'record')]).toEqual([true, false]);
  });
});
