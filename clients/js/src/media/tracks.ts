/** Single tracks of other users, as SDKs hand them out, gathered into one stream for each user. */

import type { Remote } from './media.js';

type Kind = 'audio' | 'video';

export class Tracks {
  private readonly streams = new Map<string, MediaStream>();

  constructor(private readonly changed: (remotes: readonly Remote[]) => void) {}

  /** Put a user's track of this kind in place of the former; null takes it away. */
  set(userId: string, kind: Kind, track: MediaStreamTrack | null): void {
    const stream = this.streams.get(userId) ?? new MediaStream();
    for (const former of stream.getTracks()) if (former.kind === kind) stream.removeTrack(former);
    if (track) stream.addTrack(track);
    if (stream.getTracks().length > 0) this.streams.set(userId, stream);
    else this.streams.delete(userId);
    this.tell();
  }

  drop(userId: string): void {
    if (this.streams.delete(userId)) this.tell();
  }

  private tell(): void {
    this.changed([...this.streams].map(([userId, stream]) => ({ userId, stream })));
  }
}
