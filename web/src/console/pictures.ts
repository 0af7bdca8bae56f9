/** Pictures of live rooms: one is there while its tile is seen, and goes with it. Nobody in the room notices. */
import { Code, isRefused } from '@liveroom/client';

export interface Server {
  readonly url: string;
  readonly token: string;
}

/** Told of the picture of a room, and of its end. */
export type Shown = (track: MediaStreamTrack | null) => void;
/** Opens a connection that only receives; what it returns closes it. */
export type Open = (server: Server, shown: Shown) => Promise<() => void>;

export interface PictureNeeds {
  /** What lets the operator into a room; null where its provider has no hidden viewer. */
  readonly ask: (roomId: string) => Promise<Server | null>;
  readonly open: Open;
}

/** What a browser decodes well beside everything else; the others wait until one of these goes. */
const MOST = 12;

export class Pictures {
  private readonly open = new Set<Look>();
  private readonly waiting = new Set<Look>();
  private isRefused = false;

  constructor(
    private readonly needs: PictureNeeds,
    private readonly most: number = MOST,
  ) {}

  /** Look into a room until the returned function is called. */
  look(roomId: string, shown: Shown): () => void {
    const one = new Look(roomId, shown);
    this.waiting.add(one);
    this.next();
    return () => {
      one.end();
      this.waiting.delete(one);
      this.open.delete(one);
      this.next();
    };
  }

  private next(): void {
    for (const one of this.waiting) {
      if (this.isRefused || this.open.size >= this.most) return;
      this.waiting.delete(one);
      this.open.add(one);
      void this.begin(one);
    }
  }

  /** A room without a picture keeps its cover. Where rooms have no hidden viewer, no other is asked about. */
  private async begin(one: Look): Promise<void> {
    try {
      const server = await this.needs.ask(one.roomId);
      if (server === null) this.isRefused = true;
      else if (!one.isOver) one.begun(await this.needs.open(server, one.tell));
    } catch (failure) {
      if (isRefused(failure, Code.PERMISSION_DENIED)) this.isRefused = true;
      this.open.delete(one);
      this.next();
    }
  }
}

class Look {
  isOver = false;
  private close: (() => void) | null = null;

  constructor(
    readonly roomId: string,
    private readonly shown: Shown,
  ) {}

  readonly tell: Shown = (track) => {
    if (!this.isOver) this.shown(track);
  };

  begun(close: () => void): void {
    if (this.isOver) close();
    else this.close = close;
  }

  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.close?.();
    this.shown(null);
  }
}
