/** Lottie, without expressions: those would be scripts. */

import lottie from 'lottie-web/build/player/lottie_light';

import { fetched } from './fetched';
import { type Player, until } from './play';

export const playLottie: Player = async (box, url, { signal }) => {
  const animationData: unknown = JSON.parse(new TextDecoder().decode(await fetched(url, signal)));
  const assetsPath = new URL('.', new URL(url, document.baseURI)).href;
  const item = lottie.loadAnimation({ container: box, renderer: 'svg', loop: false, autoplay: false, animationData, assetsPath });
  try {
    await until(signal, (over, failed) => {
      item.addEventListener('complete', over);
      item.addEventListener('data_failed', failed);
      item.addEventListener('error', failed);
      item.play();
    });
  } finally {
    item.destroy();
  }
};
