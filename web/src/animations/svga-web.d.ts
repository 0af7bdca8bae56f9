/** What is used of svga-web: its own types are its sources, which know other rules than ours. */

declare module 'svga-web' {
  export interface Movie {
    audios: Readonly<Record<string, unknown>>;
  }

  export class Parser {
    /** Throws for a file of version 1; never ends for one that is broken. */
    do(data: ArrayBuffer): Promise<Movie>;
    destroy(): void;
  }

  export class Player {
    constructor(canvas: HTMLCanvasElement, movie?: Movie, options?: { loop?: number });
    mount(movie: Movie): Promise<void>;
    start(): void;
    destroy(): void;
    $on(event: 'end', heard: () => void): this;
  }
}
