/** FLV over HTTP: one to three seconds behind. */

import mpegts from 'mpegts.js';

import { ahead, type Play } from './playing';

/** What is farther behind is played a little faster until it is not. */
const BEHIND_MAX = 2.5;
const BEHIND = 0.8;

export function player(): Play | null {
  mpegts.LoggingControl.enableAll = false;
  return mpegts.isSupported() ? play : null;
}

const play: Play = (video, url, failed) => {
  const source = { type: 'flv', isLive: true, url: url() };
  const loaded = mpegts.createPlayer(source, {
    enableStashBuffer: false,
    lazyLoad: false,
    liveBufferLatencyChasing: true,
    liveBufferLatencyMaxLatency: BEHIND_MAX,
    liveBufferLatencyMinRemain: BEHIND,
    autoCleanupSourceBuffer: true,
  });
  loaded.on(mpegts.Events.ERROR, failed);
  loaded.on(mpegts.Events.LOADING_COMPLETE, failed);
  loaded.attachMediaElement(video);
  loaded.load();
  return {
    delay: () => ahead(video),
    close: () => {
      loaded.off(mpegts.Events.ERROR, failed);
      loaded.off(mpegts.Events.LOADING_COMPLETE, failed);
      loaded.destroy();
    },
  };
};
