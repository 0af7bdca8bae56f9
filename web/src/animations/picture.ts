/** Animated WebP: nobody is told when it has ended. */

import { type Player, until } from './play';

const SHOWN_MS = 4000;

export const playPicture: Player = async (box, url, { signal }) => {
  const picture = new Image();
  await until(signal, (over, failed) => {
    picture.onload = () => setTimeout(over, SHOWN_MS);
    picture.onerror = failed;
    picture.alt = '';
    picture.src = url;
    box.append(picture);
  });
};
