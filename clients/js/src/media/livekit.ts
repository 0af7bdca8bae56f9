/** Media by a LiveKit server. The SDK is loaded with this file: import it where it is needed only. */

import { type RemoteParticipant, type RemoteTrack, Room, RoomEvent, Track } from 'livekit-client';

import type { Adapter, Media, Remote, Surroundings } from './media.js';
import { Tracks } from './tracks.js';

export class Livekit implements Media {
  private readonly room = new Room({ adaptiveStream: false, dynacast: true });
  private readonly tracks: Tracks;
  private shown: MediaStreamTrack[] = [];

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
      });
  }

  async join(): Promise<void> {
    const { livekit } = await this.around.credential();
    if (!livekit) throw new Error('no LiveKit credential');
    await this.room.connect(livekit.url, livekit.token);
  }

  /** What one may publish stands in the token. */
  async renew(): Promise<void> {
    this.shown = [];
    await this.room.disconnect(false);
    await this.join();
  }

  async publish(stream: MediaStream): Promise<void> {
    await this.withdraw();
    this.shown = stream.getTracks();
    for (const track of this.shown) {
      await this.room.localParticipant.publishTrack(track, {
        source: track.kind === 'video' ? Track.Source.Camera : Track.Source.Microphone,
      });
    }
  }

  async withdraw(): Promise<void> {
    const shown = this.shown;
    this.shown = [];
    // The tracks are the page's: they go on in its preview.
    for (const track of shown) await this.room.localParticipant.unpublishTrack(track, false);
  }

  close(): void {
    void this.room.disconnect(false);
  }
}

function isShown(track: RemoteTrack): track is RemoteTrack & { kind: Track.Kind.Audio | Track.Kind.Video } {
  return track.kind === Track.Kind.Audio || track.kind === Track.Kind.Video;
}

export const adapter: Adapter = (around) => new Livekit(around);
