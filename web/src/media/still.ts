/** The picture that a video shows now. */

const WIDTH = 320;

/** Return it as a `data:` address, small: it is shown blurred. Empty where there is none. */
export function stillOf(video: HTMLVideoElement): string {
  if (video.videoWidth === 0) return '';
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = Math.round((WIDTH * video.videoHeight) / video.videoWidth);
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) return '';
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL('image/jpeg', 0.6);
}
