import type { RoomState } from '@liveroom/client';
import { describe, expect, it } from 'vitest';

import { takesFrames } from '../src/composables/useLiveCover';

function room(options: Partial<RoomState['options']>, streams: readonly string[] = []) {
  const given = { access: 'public', hasPassword: false, liveCover: true, ...options };
  return { options: given, streams: streams.map((state) => ({ state })) } as unknown as RoomState;
}

describe('frames of the owner’s picture', () => {
  it('are taken where the room allows it', () => {
    expect(takesFrames(room({}))).toBe(true);
    expect(takesFrames(room({ liveCover: false }))).toBe(false);
  });

  it('are not taken of what only members see', () => {
    expect(takesFrames(room({ hasPassword: true }))).toBe(false);
    expect(takesFrames(room({ access: 'private' }))).toBe(false);
  });

  it('are not taken while a stream gives them', () => {
    expect(takesFrames(room({}, ['live']))).toBe(false);
    expect(takesFrames(room({}, ['interrupted']))).toBe(true);
  });
});
