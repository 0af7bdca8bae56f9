/** Playing one file of a recording, whatever its format: what is needed beside the browser is loaded where it is used. */

/** How a file is played that the browser does not play by itself; null: not here. */
type Open = (video: HTMLVideoElement, url: string, failed: () => void) => () => void;

const HLS = 'application/vnd.apple.mpegurl';
const FORMATS: Readonly<Record<string, () => Promise<Open | null>>> = {
  m3u8: openHls,
  hls: openHls,
  flv: () => openByMpegts('flv'),
  ts: () => openByMpegts('mpegts'),
};

/** Play a file in a video from its beginning; return how to end that. `failed`: it cannot be played, or not any more. */
export function openFile(video: HTMLVideoElement, { format, url }: { format: string; url: string }, failed: () => void): () => void {
  let close: (() => void) | null = null;
  let isOver = false;
  const open = async () => {
    const how = await (FORMATS[format.toLowerCase()]?.() ?? Promise.resolve(native)).catch(() => null);
    if (isOver) return;
    if (how === null || url === '') failed();
    else close = how(video, url, failed);
  };
  void open();
  return () => {
    isOver = true;
    close?.();
  };
}

const native: Open = (video, url, failed) => {
  video.addEventListener('error', failed);
  video.src = url;
  return () => {
    video.removeEventListener('error', failed);
    video.removeAttribute('src');
    video.load();
  };
};

async function openHls(): Promise<Open | null> {
  const { default: Hls } = await import('hls.js/light');
  if (!Hls.isSupported()) return document.createElement('video').canPlayType(HLS) === '' ? null : native;
  return (video, url, failed) => {
    const hls = new Hls();
    hls.on(Hls.Events.ERROR, (_, { fatal }) => {
      if (fatal) failed();
    });
    hls.loadSource(url);
    hls.attachMedia(video);
    return () => {
      hls.destroy();
    };
  };
}

async function openByMpegts(type: 'flv' | 'mpegts'): Promise<Open | null> {
  const { default: mpegts } = await import('mpegts.js');
  mpegts.LoggingControl.enableAll = false;
  if (!mpegts.isSupported()) return null;
  return (video, url, failed) => {
    // All of it is loaded: files of servers of streams have no list of places to jump to.
    const loaded = mpegts.createPlayer({ type, isLive: false, url }, { lazyLoad: false });
    loaded.on(mpegts.Events.ERROR, failed);
    loaded.attachMediaElement(video);
    loaded.load();
    return () => {
      loaded.off(mpegts.Events.ERROR, failed);
      loaded.destroy();
    };
  };
}
