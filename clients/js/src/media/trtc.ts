/** Media by Tencent's TRTC. The SDK is loaded with this file: import it where it is needed only. */

import TRTC from 'trtc-sdk-v5';

import type { Adapter, Credential, Media, Remote, Surroundings } from './media.js';
import { Tracks } from './tracks.js';

type Given = NonNullable<Credential['trtc']>;

export class Trtc implements Media {
  private readonly trtc = TRTC.create();
  private readonly tracks: Tracks;
  private shows = { video: false, audio: false };

  constructor(private readonly around: Surroundings) {
    this.tracks = new Tracks((remotes: readonly Remote[]) => {
      around.events.remotes(remotes);
    });
    this.listen();
  }

  async join(): Promise<void> {
    const { trtc } = await this.around.credential();
    if (!trtc) throw new Error('no TRTC credential');
    await this.trtc.enterRoom({
      ...identityOf(trtc),
      ...roomOf(trtc, this.around.roomId),
      scene: TRTC.TYPE.SCENE_LIVE,
      role: this.role,
      enableAutoPlayDialog: false,
    });
  }

  async renew(): Promise<void> {
    const { trtc } = await this.around.credential();
    if (trtc) await this.trtc.switchRole(this.role, { privateMapKey: trtc.privateMapKey });
  }

  async publish(stream: MediaStream): Promise<void> {
    const [videoTrack] = stream.getVideoTracks();
    const [audioTrack] = stream.getAudioTracks();
    if (videoTrack) {
      const video = { option: { videoTrack } };
      await (this.shows.video ? this.trtc.updateLocalVideo(video) : this.trtc.startLocalVideo(video));
      this.shows.video = true;
    }
    if (audioTrack) {
      const audio = { option: { audioTrack } };
      await (this.shows.audio ? this.trtc.updateLocalAudio(audio) : this.trtc.startLocalAudio(audio));
      this.shows.audio = true;
    }
  }

  async withdraw(): Promise<void> {
    if (this.shows.video) await this.trtc.stopLocalVideo();
    if (this.shows.audio) await this.trtc.stopLocalAudio();
    this.shows = { video: false, audio: false };
  }

  close(): void {
    void this.trtc
      .exitRoom()
      .catch(() => undefined)
      .then(() => {
        this.trtc.destroy();
      });
  }

  private get role() {
    return this.around.publishes() ? TRTC.TYPE.ROLE_ANCHOR : TRTC.TYPE.ROLE_AUDIENCE;
  }

  private listen(): void {
    const { EVENT } = TRTC;
    this.trtc.on(EVENT.REMOTE_VIDEO_AVAILABLE, ({ userId, streamType }) => {
      void this.trtc.startRemoteVideo({ userId, streamType, view: null }).then(() => {
        this.tracks.set(userId, 'video', this.trtc.getVideoTrack({ userId, streamType }));
      });
    });
    this.trtc.on(EVENT.REMOTE_VIDEO_UNAVAILABLE, ({ userId }) => {
      this.tracks.set(userId, 'video', null);
    });
    this.trtc.on(EVENT.REMOTE_AUDIO_AVAILABLE, ({ userId }) => {
      // The page's own player makes the sound, so that its volume control works.
      this.trtc.setRemoteAudioVolume(userId, 0);
      this.tracks.set(userId, 'audio', this.trtc.getAudioTrack(userId));
    });
    this.trtc.on(EVENT.REMOTE_AUDIO_UNAVAILABLE, ({ userId }) => {
      this.tracks.set(userId, 'audio', null);
    });
    this.trtc.on(EVENT.ERROR, (failure) => {
      this.around.events.trouble({ kind: 'provider', detail: failure.message });
    });
  }
}

function identityOf({ sdkAppId, userId, userSig, privateMapKey }: Given) {
  return { sdkAppId, userId, userSig, privateMapKey };
}

/** Bare decimal ids are numeric rooms, which other platforms' SDKs of the same tenant enter too. */
function roomOf({ roomIdKind }: Given, roomId: string): { roomId: number } | { strRoomId: string } {
  return roomIdKind === 'number' ? { roomId: Number(roomId) } : { strRoomId: roomId };
}

export const adapter: Adapter = (around) => new Trtc(around);
