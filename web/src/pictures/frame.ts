/** A still picture of what a track shows. */

import { sidesWithin } from './shrink';

const MOST = 640;
const QUALITY = 0.8;
const LATEST_MS = 5000;

/** Return a JPEG of what a track shows now; null: nothing came of it in time. */
export async function frameOf(track: MediaStreamTrack): Promise<Blob | null> {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  try {
    await Promise.race([shown(video), late()]);
    if (video.videoWidth === 0) return null;
    const { width, height } = sidesWithin(MOST, video.videoWidth, video.videoHeight);
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext('2d')?.drawImage(video, 0, 0, width, height);
    return await canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY });
  } finally {
    video.srcObject = null;
  }
}

/** Return when the first picture is there. */
async function shown(video: HTMLVideoElement): Promise<void> {
  const first = new Promise((resolve) => {
    video.requestVideoFrameCallback(resolve);
  });
  await video.play();
  await first;
}

function late(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, LATEST_MS);
  });
}
