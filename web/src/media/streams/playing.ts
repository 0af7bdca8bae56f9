/** Watching a pushed stream: the first of its addresses that this browser can play, and the next where one fails. */

import type { WatchedStream } from '@liveroom/client';

export type StreamAddress = WatchedStream['addresses'][number];
type Protocol = StreamAddress['protocol'];

/** One attempt that goes on. */
export interface Playing {
  /** Seconds between what is to be seen and the newest that there is; null: not known. */
  delay(): number | null;
  close(): void;
}

/** How a protocol is played; `url` is asked for anew, since signed addresses end; `failed` is called once, at the end. */
export type Play = (video: HTMLVideoElement, url: () => string, failed: () => void) => Playing;

/** What a viewer reads of it. */
export interface Watching {
  readonly protocol: Protocol;
  readonly delay: number | null;
}

export type Players = Partial<Record<Protocol, () => Promise<Play | null>>>;

/** Each is loaded where somebody watches by it; null: not in this browser. */
export const PLAYERS: Players = {
  whep: () => import('./whep').then(({ player }) => player()),
  flv: () => import('./flv').then(({ player }) => player()),
  hls: () => import('./hls').then(({ player }) => player()),
};

const AGAIN_MS = 2000;
const LOOK_MS = 1000;

/** Plays a stream in a video until it is closed. */
export class StreamPlayer {
  private playing: Playing | null = null;
  private protocol: Protocol | null = null;
  private turn = 0;
  private again: ReturnType<typeof setTimeout> | undefined;
  private readonly looking: ReturnType<typeof setInterval>;

  constructor(
    private readonly video: HTMLVideoElement,
    /** The addresses as they are now, the best first. */
    private readonly addresses: () => readonly StreamAddress[],
    private readonly told: (now: Watching | null) => void,
    private readonly players: Players = PLAYERS,
  ) {
    this.looking = setInterval(() => {
      this.tell();
    }, LOOK_MS);
    void this.attempt(0);
  }

  /** Begin again, as after an interruption. */
  restart(): void {
    this.end();
    void this.attempt(0);
  }

  close(): void {
    this.end();
    clearInterval(this.looking);
  }

  /** Try the address in this place, and those behind it; then wait, and begin again. */
  private async attempt(place: number): Promise<void> {
    const mine = (this.turn += 1);
    const address = this.addresses()[place];
    if (!address) {
      this.again = setTimeout(() => void this.attempt(0), AGAIN_MS);
      return;
    }
    const { protocol } = address;
    const play = await this.players[protocol]?.().catch(() => null);
    if (mine !== this.turn) return;
    const failed = () => {
      if (mine !== this.turn) return;
      this.end();
      void this.attempt(place + 1);
    };
    if (!play) {
      failed();
      return;
    }
    this.protocol = protocol;
    this.playing = play(this.video, () => this.addresses().find((one) => one.protocol === protocol)?.url ?? address.url, failed);
    this.tell();
  }

  private end(): void {
    this.turn += 1;
    clearTimeout(this.again);
    this.playing?.close();
    this.playing = null;
    this.protocol = null;
    this.tell();
  }

  private tell(): void {
    this.told(this.playing && this.protocol ? { protocol: this.protocol, delay: this.playing.delay() } : null);
  }
}

/** Seconds of video that lie before the place that is played; null: nothing has come yet. */
export function ahead(video: HTMLVideoElement): number | null {
  const { buffered, currentTime } = video;
  return buffered.length === 0 ? null : Math.max(0, buffered.end(buffered.length - 1) - currentTime);
}
