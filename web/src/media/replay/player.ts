/** Plays the files of a recording in one video, one behind the other. */

import { openFile } from './file';
import { fileAt, placeOf, type ReplayFile } from './line';

const SECOND_MS = 1000;

interface Needs {
  readonly video: HTMLVideoElement;
  /** The files with their addresses of now. */
  readonly line: () => readonly ReplayFile[];
  /** What has changed: the place, in milliseconds, and whether it plays. */
  readonly told: (place: number, plays: boolean) => void;
  /** A file cannot be played, or not any more. */
  readonly failed: () => void;
  readonly open?: typeof openFile;
}

export class ReplayPlayer {
  private index = -1;
  private close: (() => void) | null = null;
  /** Where in the file to go once it is known how long it is, in seconds; null: it is there. */
  private wanted: number | null = null;
  /** It is to play once it is there. */
  private goesOn = false;
  private readonly stops: (() => void)[];

  constructor(private readonly needs: Needs) {
    const { video } = needs;
    const heard: Partial<Record<keyof HTMLVideoElementEventMap, () => void>> = {
      loadedmetadata: () => {
        this.arrive();
      },
      timeupdate: () => {
        this.tell();
      },
      play: () => {
        this.tell();
      },
      pause: () => {
        this.tell();
      },
      ended: () => {
        if (this.index + 1 < needs.line().length) this.begin(this.index + 1, 0, true);
        else this.tell();
      },
    };
    this.stops = Object.entries(heard).map(([type, hear]) => {
      video.addEventListener(type, hear);
      return () => {
        video.removeEventListener(type, hear);
      };
    });
  }

  /** Where it is, in milliseconds. */
  get place(): number {
    const file = this.needs.line()[this.index];
    return file ? placeOf(file, (this.wanted ?? this.needs.video.currentTime) * SECOND_MS) : 0;
  }

  private get plays(): boolean {
    const { paused, ended } = this.needs.video;
    return this.goesOn || (!paused && !ended);
  }

  /** Go to a place, and play from there on if it plays. */
  seek(place: number): void {
    const { index, within } = fileAt(this.needs.line(), place);
    if (index === this.index && this.wanted === null) this.needs.video.currentTime = within / SECOND_MS;
    else this.begin(index, within / SECOND_MS, this.plays);
  }

  play(): void {
    if (this.wanted !== null) this.goesOn = true;
    void this.needs.video.play().catch(() => undefined);
  }

  pause(): void {
    this.goesOn = false;
    this.needs.video.pause();
    this.tell();
  }

  /** Open the file that plays once more, by its address of now. */
  again(): void {
    const { index, within } = fileAt(this.needs.line(), this.place);
    this.begin(index, within / SECOND_MS, true);
  }

  end(): void {
    for (const stop of this.stops) stop();
    this.close?.();
  }

  private begin(index: number, within: number, plays: boolean): void {
    const file = this.needs.line()[index];
    if (!file) return;
    this.goesOn = plays;
    this.close?.();
    this.index = index;
    this.wanted = within;
    this.close = (this.needs.open ?? openFile)(this.needs.video, file, this.needs.failed);
    this.tell();
  }

  private arrive(): void {
    if (this.wanted !== null && this.wanted > 0) this.needs.video.currentTime = this.wanted;
    this.wanted = null;
    if (this.goesOn) this.play();
    this.goesOn = false;
    this.tell();
  }

  private tell(): void {
    this.needs.told(this.place, this.plays);
  }
}
