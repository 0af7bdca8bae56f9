/** HLS: two or three segments behind. Browsers of phones play it by themselves, others with hls.js. */

import Hls from 'hls.js/light';

import { ahead, type Play } from './playing';
import { moved } from './signed';

const NATIVE = 'application/vnd.apple.mpegurl';

export function player(): Play | null {
  if (Hls.isSupported()) return play;
  return document.createElement('video').canPlayType(NATIVE) === '' ? null : native;
}

const play: Play = (video, url, failed) => {
  const began = url();
  const hls = new Hls({
    liveSyncDurationCount: 2,
    liveMaxLatencyDurationCount: 6,
    maxLiveSyncPlaybackRate: 1.1,
    // Signed addresses end: what is asked for later is asked for by the newest one.
    xhrSetup: (xhr, asked) => {
      xhr.open('GET', moved(asked, began, url()), true);
    },
  });
  hls.on(Hls.Events.ERROR, (_, { fatal }) => {
    if (fatal) failed();
  });
  hls.loadSource(began);
  hls.attachMedia(video);
  return {
    delay: () => (hls.latency > 0 ? hls.latency : ahead(video)),
    close: () => {
      hls.destroy();
    },
  };
};

const native: Play = (video, url, failed) => {
  video.addEventListener('error', failed);
  video.src = url();
  return {
    delay: () => {
      const { seekable, currentTime } = video;
      return seekable.length === 0 ? null : Math.max(0, seekable.end(seekable.length - 1) - currentTime);
    },
    close: () => {
      video.removeEventListener('error', failed);
      video.removeAttribute('src');
      video.load();
    },
  };
};
