/** The song queue of a room: `room.songs.queue` is what everybody sees of it, `position` where the song is. */

import type { PlayingSong, ShownActivity, ShownSongQueue, Song, SongQueue, SongWithLyrics } from '../types.js';
import type { RoomCall } from './calls.js';

const TYPE = 'songs';
const SEARCHED = 20;

export interface SongQueueOptions {
  /** Who may add songs and sing along; everybody by default. */
  readonly who?: 'everyone' | 'seated' | 'hosts';
  /** Songs of one person that wait; three by default. */
  readonly most?: number;
}

export class RoomSongs {
  constructor(
    private readonly inRoom: RoomCall,
    private readonly activities: () => readonly ShownActivity[],
    /** The service's clock, in milliseconds since 1970. */
    private readonly time: () => number,
  ) {}

  /** What everybody sees of the queue; null: there is none. `all` has the songs that do not fit into it too. */
  get queue(): ShownSongQueue | null {
    return songQueueIn(this.activities());
  }

  /** Return where the song is now, in milliseconds from its beginning, by the service's clock. */
  readonly position = (playing: PlayingSong): number => positionOf(playing, this.time());

  /** Open the queue, as a host or moderator; `room.activities.end` closes it. */
  readonly open = (options: SongQueueOptions = {}): Promise<SongQueue> => this.inRoom('music/open', options);
  /** Search the catalogue by words of a title or of who sings it. Throws `RefusedError` where nobody has songs (3008). */
  readonly search = (text = '', cursor = '', limit = SEARCHED): Promise<Song[]> =>
    this.inRoom('music/search', { text, limit, ...(cursor === '' ? {} : { cursor }) });
  /** Return a song with the address of its music, and its lyrics. */
  readonly song = (songId: string): Promise<SongWithLyrics> => this.inRoom('music/song', { songId });
  readonly all = (): Promise<SongQueue> => this.inRoom('music/queue');
  /** Add a song. Throws `RefusedError`: 3141 twice in a row, 3142 too many. */
  readonly add = (songId: string): Promise<SongQueue> => this.inRoom('music/add', { songId });
  readonly top = (entryId: number): Promise<SongQueue> => this.inRoom('music/top', { entryId });
  readonly remove = (entryId: number): Promise<SongQueue> => this.inRoom('music/remove', { entryId });
  /** Leave the song that plays. Throws `RefusedError`: 3143 where another one plays by now. */
  readonly skip = (entryId: number): Promise<SongQueue> => this.inRoom('music/skip', { entryId });
  /** Say that it was sung to its end. */
  readonly next = (entryId: number): Promise<SongQueue> => this.inRoom('music/next', { entryId });
  readonly pause = (entryId: number): Promise<SongQueue> => this.inRoom('music/pause', { entryId });
  readonly resume = (entryId: number): Promise<SongQueue> => this.inRoom('music/resume', { entryId });
  /** Go to a position, in milliseconds from the beginning. */
  readonly seek = (entryId: number, position: number): Promise<SongQueue> => this.inRoom('music/seek', { entryId, position });
  /** Sing along. */
  readonly join = (entryId: number): Promise<SongQueue> => this.inRoom('music/join', { entryId });
  readonly leave = (entryId: number): Promise<SongQueue> => this.inRoom('music/leave', { entryId });
  /** Say the user's own score, 0 to 100. */
  readonly score = (entryId: number, score: number): Promise<SongQueue> => this.inRoom('music/score', { entryId, score });
}

/** Return the queue among activities that run; null: there is none. */
export function songQueueIn(activities: readonly ShownActivity[]): ShownSongQueue | null {
  const found = activities.find(({ type }) => type === TYPE);
  return found ? { ...(found.state as unknown as ShownSongQueue), activityId: found.activityId, version: found.version } : null;
}

/** Return who sings: first who chose the song and leads it, then the chorus. Their seats are those with these `userId`s. */
export function singersOf(playing: PlayingSong | null): readonly string[] {
  return playing ? [playing.userId, ...playing.chorus] : [];
}

/** Return where a song is at a time of the service, in milliseconds from its beginning. */
export function positionOf({ position, time, paused, song }: PlayingSong, now: number): number {
  if (paused) return position;
  const passed = position + Math.max(0, now - time);
  return song.length > 0 ? Math.min(passed, song.length) : passed;
}
