/** Recordings of the user's own broadcasts, and watching those of others (docs/recordings.md). */

import type { Connection } from '../connection/connection.js';
import type { OwnRecording, RecordingReplay, ReplayMessage } from '../types.js';

/** How many of a list are asked for. */
const LISTED = 20;
const SAID = 100;

export interface ChatPlace {
  /** A place in the recording, in milliseconds. */
  readonly since?: number;
  /** The `messageId` of the last message that is known. */
  readonly after?: string;
  /** 100 by default, 200 at most. */
  readonly limit?: number;
}

export class Recordings {
  constructor(private readonly connection: Pick<Connection, 'call'>) {}

  /** Those of the user's own broadcasts, the newest first. */
  async list({ limit = LISTED }: { limit?: number } = {}): Promise<OwnRecording[]> {
    return (await this.connection.call('recordings/list', { limit })) as OwnRecording[];
  }

  /** Delete one of the user's own with its files. */
  async remove(recordingId: string): Promise<void> {
    await this.connection.call('recordings/delete', { recordingId });
  }

  /**
   * Return one to watch, own or not: its files play one after the other, as one line. Addresses end (`expiresAt`): ask
   * again then.
   *
   * Throws `RefusedError`: 3120 where there is none, or it is not for this user.
   */
  async replay(recordingId: string): Promise<RecordingReplay> {
    return (await this.connection.call('recordings/replay', { recordingId })) as RecordingReplay;
  }

  /** Return what was said in it, the oldest first: from a place on, or after a message. Fewer than asked for: that was all. */
  async chat(recordingId: string, { since = 0, after = '', limit = SAID }: ChatPlace = {}): Promise<ReplayMessage[]> {
    const cursor = after === '' ? {} : { cursor: after };
    return (await this.connection.call('recordings/chat', { recordingId, since, limit, ...cursor })) as ReplayMessage[];
  }
}
