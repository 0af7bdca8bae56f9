/** Videos: MP4 as it is. */

import { type Player, type Playing, until } from './play';

export const playVideo: Player = async (box, url, playing) => {
  const video = document.createElement('video');
  box.append(video);
  await run(video, url, playing);
};

/** Play a video to its end. Throws where it cannot be played, or was stopped. */
export async function run(video: HTMLVideoElement, url: string, { signal, volume }: Playing): Promise<void> {
  try {
    await until(signal, (over, failed) => {
      video.onended = over;
      video.onerror = () => {
        failed(video.error?.message ?? 'not a video');
      };
      video.playsInline = true;
      video.volume = volume;
      video.muted = volume === 0;
      video.src = url;
      begin(video).catch(failed);
    });
  } finally {
    video.pause();
    video.removeAttribute('src');
    video.load();
  }
}

/** Browsers play sound only after a touch or a click; the picture may go on without it. */
async function begin(video: HTMLVideoElement): Promise<void> {
  try {
    await video.play();
  } catch (refused) {
    if (!(refused instanceof DOMException) || refused.name !== 'NotAllowedError' || video.muted) throw refused;
    video.muted = true;
    await video.play();
  }
}
