import type { RoomState } from '@liveroom/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { effectScope, nextTick, shallowRef } from 'vue';

import { useRecordingMark } from '../src/composables/useRecording';

/** The service's clock is ten minutes ahead. */
const SERVICE = Date.parse('2026-12-01T10:10:00Z');
const announced = { recordingId: 'r1', state: 'announced', beginsAt: '2026-12-01T10:10:05Z' } as const;

function shown(recording: RoomState['recording'], time = SERVICE) {
  return { recording, time } as RoomState;
}

describe('the mark of a recording', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.parse('2026-12-01T10:00:00Z') });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('counts down by the service’s clock, and says that it runs from then on, whatever else is told or not', async () => {
    const scope = effectScope();
    const scene = shallowRef(shown(null));
    const mark = scope.run(() => useRecordingMark({ scene }))!;
    const now = () => [mark.left.value, mark.runs.value];
    expect(now()).toEqual([0, false]);
    scene.value = shown(announced);
    await nextTick();
    expect(now()).toEqual([5, false]);
    vi.advanceTimersByTime(4250);
    expect(now()).toEqual([1, false]);
    vi.advanceTimersByTime(1000);
    expect(now()).toEqual([0, true]);
    scene.value = shown({ ...announced, state: 'recording' });
    await nextTick();
    expect([now(), vi.getTimerCount()]).toEqual([[0, true], 0]);
    scene.value = shown(null);
    await nextTick();
    expect(now()).toEqual([0, false]);
    scope.stop();
  });
});
