/** Sending files: announced, put where the service says, published. docs/uploads.md */

import { NetworkError, RefusedError } from '../errors.js';
import type { Data, Method, Params } from '../types.js';

/** `gift_icon` and `animation` are for admins. */
export type UploadPurpose = 'avatar' | 'cover' | 'message_picture' | 'gift_icon' | 'animation';

export interface UploadOptions {
  /** Whose cover it will be, unless the room is the user's own. */
  readonly roomId?: string;
  /** Told how much has been sent, from 0 to 1; at 1 the service looks into the file. Only in browsers. */
  readonly onProgress?: (share: number) => void;
  readonly signal?: AbortSignal;
}

/** What others see of a file. `url` is absolute. */
export type UploadedFile = Data<'uploads/finish'>;

type Call = <M extends Method>(method: M, params?: Params<M>) => Promise<Data<M>>;
type Announced = Data<'uploads/create'>;

export interface UploadNeeds {
  readonly call: Call;
  /** Where the service is. */
  readonly root: string;
  readonly send: typeof fetch;
}

/** Upload a file. */
export async function upload(
  { call, root, send }: UploadNeeds,
  file: Blob,
  purpose: UploadPurpose,
  { roomId, onProgress, signal }: UploadOptions,
): Promise<UploadedFile> {
  signal?.throwIfAborted();
  const about = { purpose, contentType: file.type, size: file.size, ...(roomId === undefined ? {} : { roomId }) };
  const announced = await call('uploads/create', about);
  const url = new URL(announced.url, root).href;
  const tells = onProgress !== undefined && typeof XMLHttpRequest !== 'undefined';
  const status = await (tells ? putTold(url, announced, file, onProgress, signal) : put(send, url, announced, file, signal));
  if (status < 200 || status > 299) throw new NetworkError(`the file was not taken (HTTP ${status})`);
  const published = await finish(call, announced.uploadId);
  return { ...published, url: new URL(published.url, root).href };
}

/** Publishing may take a while, and may be asked for again: it is done once. */
async function finish(call: Call, uploadId: string): Promise<UploadedFile> {
  try {
    return await call('uploads/finish', { uploadId });
  } catch (failure) {
    if (failure instanceof RefusedError) throw failure;
    return call('uploads/finish', { uploadId });
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
