/** Files on their way to a service: put where it says, then published. docs/uploads.md */

import { NetworkError, RefusedError } from '../errors.js';
import type { Data } from '../types.js';

export interface SendOptions {
  /** Told how much has been sent, from 0 to 1; at 1 the service looks into the file. Only in browsers. */
  readonly onProgress?: (share: number) => void;
  readonly signal?: AbortSignal;
}

type Announced = Data<'uploads/create'>;

/** The two calls around the file. */
interface Steps<Published> {
  readonly announce: () => Promise<Announced>;
  readonly finish: (uploadId: string) => Promise<Published>;
}

/** Send a file; return what was published of it. `root`: where the service is. */
export async function sendFile<Published>(
  { root, send }: { readonly root: string; readonly send: typeof fetch },
  file: Blob,
  { onProgress, signal }: SendOptions,
  { announce, finish }: Steps<Published>,
): Promise<Published> {
  signal?.throwIfAborted();
  const announced = await announce();
  const url = new URL(announced.url, root).href;
  const tells = onProgress !== undefined && typeof XMLHttpRequest !== 'undefined';
  const status = await (tells ? putTold(url, announced, file, onProgress, signal) : put(send, url, announced, file, signal));
  if (status < 200 || status > 299) throw new NetworkError(`the file was not taken (HTTP ${status})`);
  return finished(finish, announced.uploadId);
}

/** Publishing may take a while, and may be asked for again: it is done once. */
async function finished<Published>(finish: Steps<Published>['finish'], uploadId: string): Promise<Published> {
  try {
    return await finish(uploadId);
  } catch (failure) {
    if (failure instanceof RefusedError) throw failure;
    return finish(uploadId);
  }
}

async function put(
  send: typeof fetch,
  url: string,
  { method, headers }: Announced,
  body: Blob,
  signal?: AbortSignal,
): Promise<number> {
  try {
    return (await send(url, { method, headers, body, ...(signal ? { signal } : {}) })).status;
  } catch (failure) {
    if (signal?.aborted) throw failure;
    throw new NetworkError('the file could not be sent', { cause: failure });
  }
}

/** Send by the older way, which tells how far it is. */
async function putTold(
  url: string,
  { method, headers }: Announced,
  body: Blob,
  onProgress: (share: number) => void,
  signal?: AbortSignal,
): Promise<number> {
  const request = new XMLHttpRequest();
  const stop = () => { request.abort(); };
  signal?.addEventListener('abort', stop);
  try {
    return await new Promise((resolve, reject) => {
      request.open(method, url);
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      request.upload.onprogress = ({ loaded, total }) => { onProgress(total > 0 ? loaded / total : 0); };
      request.onload = () => { resolve(request.status); };
      request.onerror = () => { reject(new NetworkError('the file could not be sent')); };
      request.onabort = () => { reject(signal?.reason instanceof Error ? signal.reason : new NetworkError('stopped')); };
      request.send(body);
    });
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
