/**
 * Which tab of a browser shows somebody in a room: the one that was opened last.
 *
 * All tabs are one person with one session, so the service cannot tell two of them apart: they tell each other.
 */

type Line = Pick<BroadcastChannel, 'postMessage' | 'addEventListener' | 'removeEventListener'>;

export interface TabRoom {
  readonly userId: string;
  readonly roomId: string;
  /** Hosts may be in several rooms at once, others in one. */
  readonly hosts: boolean;
}

export class RoomTabs {
  constructor(private readonly line: Line) {}

  /** Say that this tab is in a room now. */
  take({ userId, roomId, hosts }: TabRoom): void {
    this.line.postMessage({ userId, roomId, hosts } satisfies TabRoom);
  }

  /** Hear of another tab that takes this one's place. Returns how to stop hearing. */
  onTaken(mine: () => TabRoom, taken: () => void): () => void {
    const hear = ({ data }: MessageEvent) => {
      if (takes(data as TabRoom, mine())) taken();
    };
    this.line.addEventListener('message', hear as EventListener);
    return () => {
      this.line.removeEventListener('message', hear as EventListener);
    };
  }
}

export function takes(other: TabRoom, mine: TabRoom): boolean {
  if (other.userId !== mine.userId) return false;
  return other.roomId === mine.roomId || (!other.hosts && !mine.hosts);
}
