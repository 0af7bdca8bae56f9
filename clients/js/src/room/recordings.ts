/** Recordings of a room (docs/recordings.md): `room.state.recording` has the one that runs, or begins in a moment. */

import type { OwnRecording } from '../types.js';
import type { AnyCall, RoomCall } from './calls.js';

export class RoomRecordings {
  constructor(
    private readonly inRoom: RoomCall,
    private readonly call: AnyCall,
  ) {}

  /**
   * Record the broadcast, as its owner: everybody in the room is told first (`recording.announced`). Repeated, it
   * returns the recording that there is.
   *
   * Throws `RefusedError`: 3008 where nothing records the room, 3121 while another one ends.
   */
  start(): Promise<OwnRecording> {
    return this.inRoom('recordings/start');
  }

  /** End one; one that has not begun is called off. */
  stop(recordingId: string): Promise<OwnRecording> {
    return this.call('recordings/stop', { recordingId });
  }

  /** Return those of the user's own broadcasts in this room, the newest first. */
  list(limit = 20): Promise<OwnRecording[]> {
    return this.inRoom('recordings/list', { limit });
  }
}
