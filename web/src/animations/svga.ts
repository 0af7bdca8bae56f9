/** SVGA 2. */

import { Parser, Player as SvgaPlayer } from 'svga-web';

import { fetched } from './fetched';
import { type Player, until } from './play';

/** A file that is broken is never done with: nothing says so. */
const READING_MS = 3000;

export const playSvga: Player = async (box, url, { signal, volume }) => {
  const canvas = document.createElement('canvas');
  box.append(canvas);
  const movie = await read(await fetched(url, signal));
  // Its player knows no volume.
  if (volume === 0) movie.audios = {};
  const player = new SvgaPlayer(canvas, undefined, { loop: 1 });
  try {
    await player.mount(movie);
    await until(signal, (over) => {
      player.$on('end', over);
      player.start();
    });
  } finally {
    player.destroy();
  }
};

async function read(file: ArrayBuffer) {
  const parser = new Parser();
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    return await Promise.race([
      parser.do(file),
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
          reject(new Error('not an SVGA file'));
        }, READING_MS);
      }),
    ]);
  } finally {
    clearTimeout(timer);
    parser.destroy();
  }
}
