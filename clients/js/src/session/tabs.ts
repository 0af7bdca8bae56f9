/**
 * Which tab of a browser shows a user in a room: the one that has entered it last.
 *
 * All tabs are one user with one session, so the service cannot tell two of them apart: they tell each other.
 */

import type { Room } from '../room/room.js';
import { isHost } from '../room/view.js';

/** `BroadcastChannel` is one. */
export type Line = Pick<BroadcastChannel, 'postMessage' | 'addEventListener' | 'removeEventListener'>;

interface TabRoom {
  readonly userId: string;
  readonly roomId: string;
  /** Hosts may be in several rooms at once, others in one. */
  readonly hosts: boolean;
}

export class RoomTabs {
  constructor(private readonly line: Line) {}

  /** Say that this tab shows the room now, and end it here as soon as another tab takes its place. */
  share(room: Room): void {
    const mine = (): TabRoom => {
      const { me } = room.state;
      return { userId: me.userId, roomId: room.roomId, hosts: isHost(me) };
    };
    const hear = ({ data }: MessageEvent) => {
      if (takes(data as TabRoom, mine())) room.close('moved');
    };
    this.line.addEventListener('message', hear);
    room.on('end', () => {
      this.line.removeEventListener('message', hear);
    });
    this.line.postMessage(mine());
  }
}

/** Say whether another tab's room takes the place of this one's. */
function takes(other: TabRoom, mine: TabRoom): boolean {
  if (other.userId !== mine.userId) return false;
  return other.roomId === mine.roomId || (!other.hosts && !mine.hosts);
}
