/** Sending files of users: announced, put where the service says, published. docs/uploads.md */

import { sendFile, type SendOptions } from '../connection/files.js';
import type { Data, Method, Params } from '../types.js';

/** `gift_icon` and `animation` are for admins; `live_cover` is a frame of what the owner of `roomId` shows. */
export type UploadPurpose = 'avatar' | 'cover' | 'live_cover' | 'message_picture' | 'gift_icon' | 'animation';

export interface UploadOptions extends SendOptions {
  /** Whose cover it will be, unless the room is the user's own. */
  readonly roomId?: string;
}

/** What others see of a file. `url` is absolute. */
export type UploadedFile = Data<'uploads/finish'>;

type Call = <M extends Method>(method: M, params?: Params<M>) => Promise<Data<M>>;

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
  { roomId, ...options }: UploadOptions,
): Promise<UploadedFile> {
  const about = { purpose, contentType: file.type, size: file.size, ...(roomId === undefined ? {} : { roomId }) };
  const published = await sendFile({ root, send }, file, options, {
    announce: () => call('uploads/create', about),
    finish: (uploadId) => call('uploads/finish', { uploadId }),
  });
  return { ...published, url: new URL(published.url, root).href };
}
