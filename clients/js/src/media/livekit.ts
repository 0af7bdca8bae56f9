/** Media by a LiveKit server. The SDK is loaded with this file: import it where it is needed only. */

import { DisconnectReason, type RemoteParticipant, type RemoteTrack, Room, RoomEvent, Track } from 'livekit-client';

import type { Adapter, Media, Remote, Surroundings } from './media.js';
import { Tracks } from './tracks.js';

/** Milliseconds before each attempt to come back; the last one again and again. */
const PAUSES = [1000, 2000, 5000, 10_000] as const;
/** Ends that are meant: the room's own events say what they mean. */
const MEANT: readonly (DisconnectReason | undefined)[] = [
  DisconnectReason.CLIENT_INITIATED,
  DisconnectReason.DUPLICATE_IDENTITY,
  DisconnectReason.PARTICIPANT_REMOVED,
  DisconnectReason.ROOM_DELETED,
];

export class Livekit implements Media {
  // The tracks are the page's: they go on in its preview, also when the SDK gives up.
  private readonly room = new Room({ adaptiveStream: false, dynacast: true, stopLocalTrackOnUnpublish: false });
  private readonly tracks: Tracks;
  private shown: MediaStreamTrack[] = [];
  private wasIn = false;
  private closed = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly around: Surroundings) {
    this.tracks = new Tracks((remotes: readonly Remote[]) => {
      around.events.remotes(remotes);
    });
    this.room
      .on(RoomEvent.TrackSubscribed, (track: RemoteTrack, _, { identity }: RemoteParticipant) => {
        if (isShown(track)) this.tracks.set(identity, track.kind, track.mediaStreamTrack);
      })
      .on(RoomEvent.TrackUnsubscribed, (track: RemoteTrack, _, { identity }: RemoteParticipant) => {
        if (isShown(track)) this.tracks.set(identity, track.kind, null);
      })
      .on(RoomEvent.ParticipantDisconnected, ({ identity }: RemoteParticipant) => {
        this.tracks.drop(identity);
      })
      .on(RoomEvent.Disconnected, (reason?: DisconnectReason) => {
        if (this.wasIn && !this.closed && !MEANT.includes(reason)) this.comeBack(0);
      });
  }

  async join(): Promise<void> {
    const { livekit } = await this.around.credential();
    if (!livekit) throw new Error('no LiveKit credential');
    await this.room.connect(livekit.url, livekit.token);
    this.wasIn = true;
  }

  /** What one may publish stands in the token. */
  async renew(): Promise<void> {
    clearTimeout(this.timer);
    this.shown = [];
    await this.room.disconnect(false);
    await this.join();
  }

  async publish(stream: MediaStream): Promise<void> {
    await this.withdraw();
    this.shown = stream.getTracks();
    await this.show();
  }

  async withdraw(): Promise<void> {
    const shown = this.shown;
    this.shown = [];
    for (const track of shown) await this.room.localParticipant.unpublishTrack(track, false);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    void this.room.disconnect(false);
  }

  private async show(): Promise<void> {
    for (const track of this.shown) {
      await this.room.localParticipant.publishTrack(track, {
        source: track.kind === 'video' ? Track.Source.Camera : Track.Source.Microphone,
      });
    }
  }

  /** The SDK gives up within a minute; a server that is started anew may be away for longer. */
  private comeBack(tries: number): void {
    this.around.events.trouble({ kind: 'provider', detail: 'LiveKit is away' });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.joinAgain(tries), PAUSES[Math.min(tries, PAUSES.length - 1)]);
  }

  private async joinAgain(tries: number): Promise<void> {
    try {
      await this.join();
      await this.show();
      this.around.events.trouble(null);
    } catch {
      if (!this.closed) this.comeBack(tries + 1);
    }
  }
}

function isShown(track: RemoteTrack): track is RemoteTrack & { kind: Track.Kind.Audio | Track.Kind.Video } {
  return track.kind === Track.Kind.Audio || track.kind === Track.Kind.Video;
}

export const adapter: Adapter = (around) => new Livekit(around);
