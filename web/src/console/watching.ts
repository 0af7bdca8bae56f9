/** A room's picture by LiveKit, small and without sound. The SDK is loaded with this file: import it where it is needed. */
import { type RemoteTrackPublication, Room, RoomEvent, Track, VideoQuality } from 'livekit-client';

import type { Open } from './pictures';

/** Show the first picture that somebody sends, and when it ends the next one. */
export const watchHidden: Open = async ({ url, token }, shown) => {
  const room = new Room({ adaptiveStream: false });
  let taken: RemoteTrackPublication | null = null;
  const take = (): void => {
    if (taken !== null) return;
    const sent = [...room.remoteParticipants.values()].flatMap(({ trackPublications }) => [...trackPublications.values()]);
    taken = sent.find(({ kind }) => kind === Track.Kind.Video) ?? null;
    taken?.setSubscribed(true);
  };
  const drop = (gone: RemoteTrackPublication): void => {
    if (gone !== taken) return;
    taken = null;
    shown(null);
    take();
  };
  room
    .on(RoomEvent.TrackPublished, take)
    .on(RoomEvent.TrackUnpublished, drop)
    .on(RoomEvent.TrackSubscribed, (track, publication) => {
      publication.setVideoQuality(VideoQuality.LOW);
      if (publication === taken) shown(track.mediaStreamTrack);
    })
    .on(RoomEvent.Disconnected, () => {
      shown(null);
    });
  await room.connect(url, token, { autoSubscribe: false });
  take();
  return () => void room.disconnect();
};
