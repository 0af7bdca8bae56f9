/** Playing the animation of a gift: what plays it comes when the first of its kind is played. */

/** How loud, between 0 and 1; stops when aborted. */
export interface Playing {
  readonly signal: AbortSignal;
  readonly volume: number;
}

/** Play it once, in a box that it fills. Throws where it cannot be played, or was stopped. */
export type Player = (box: HTMLElement, url: string, playing: Playing) => Promise<void>;

const PLAYERS: Readonly<Record<string, () => Promise<Player>>> = {
  webp: async () => (await import('./picture')).playPicture,
  mp4: async () => (await import('./video')).playVideo,
  vap: async () => (await import('./vap')).playVap,
  lottie: async () => (await import('./lottie')).playLottie,
  svga: async () => (await import('./svga')).playSvga,
};

/** A show goes on: longer ones are cut. */
const LONGEST_MS = 20_000;

/** Play an animation of a kind that the catalogue names. Throws where it cannot be played. */
export async function play(box: HTMLElement, kind: string, url: string, { signal, volume }: Playing): Promise<void> {
  const player = await PLAYERS[kind]?.();
  if (!player) throw new Error(`no player for ${kind}`);
  const stop = new AbortController();
  const end = () => {
    stop.abort(signal.reason);
  };
  const timer = setTimeout(end, LONGEST_MS);
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  try {
    await player(box, url, { signal: stop.signal, volume });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    box.replaceChildren();
  }
}

/** Wait for something that says by itself when it is over; throws as soon as the signal is aborted. */
export async function until(signal: AbortSignal, begin: (over: () => void, failed: (why: unknown) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      reject(new DOMException('stopped', 'AbortError'));
    };
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    begin(resolve, (why) => {
      reject(why instanceof Error ? why : new Error(String(why)));
    });
  });
}
