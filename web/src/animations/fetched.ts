/** Animations as bytes. */

/** As large as players of SVGA take them. */
const MOST = 10 * 1024 * 1024;

/** Return a file. Throws where it is not there, or too large. */
export async function fetched(url: string, signal: AbortSignal): Promise<ArrayBuffer> {
  const answer = await fetch(url, { signal, credentials: 'omit' });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  if (Number(answer.headers.get('content-length') ?? 0) > MOST) throw new Error('too large');
  const bytes = await answer.arrayBuffer();
  if (bytes.byteLength > MOST) throw new Error('too large');
  return bytes;
}
