/** Pictures before they are sent: whatever the browser can show becomes a JPEG of a size that the service needs. */

/** What the service takes as it is, if it is not larger than that. */
const TAKEN: ReadonlySet<string> = new Set(['image/jpeg', 'image/png', 'image/webp']);
const AS_IT_IS_BYTES = 1_500_000;
const QUALITY = 0.9;

/** Say whether a file has to be made anew: a phone's picture of 12 MB is sent as one of some hundred KB. */
export function isToShrink({ type, size }: Pick<Blob, 'type' | 'size'>): boolean {
  return !TAKEN.has(type) || size > AS_IT_IS_BYTES;
}

/** Return the sides of a picture whose longer side is at most `most`. */
export function sidesWithin(most: number, width: number, height: number): { width: number; height: number } {
  const share = Math.min(1, most / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * share)), height: Math.max(1, Math.round(height * share)) };
}

/** Return the file as it is sent; one that the browser cannot show is sent as it is, and the service says what is wrong. */
export async function shrunk(file: Blob, most: number): Promise<Blob> {
  if (!isToShrink(file)) return file;
  try {
    const picture = await createImageBitmap(file);
    const { width, height } = sidesWithin(most, picture.width, picture.height);
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d');
    if (!context) return file;
    context.fillStyle = 'white';
    context.fillRect(0, 0, width, height);
    context.drawImage(picture, 0, 0, width, height);
    picture.close();
    return await canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY });
  } catch {
    return file;
  }
}
