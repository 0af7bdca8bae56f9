import { afterEach, describe, expect, it, vi } from 'vitest';

import { ContentError, NetworkError } from '../src/errors.js';
import { refusal } from '../src/errors.js';
import { upload, type UploadNeeds } from '../src/session/upload.js';
import { FakeConnection } from './connections.js';

const FILE = new Blob(['file'], { type: 'image/png' });
const CREATED = {
  uploadId: 'u1',
  method: 'PUT',
  url: '/live/uploads/u1?until=1&signature=s',
  headers: { 'Content-Type': 'image/png' },
  expiresUtc: '',
};
const PUBLISHED = { uploadId: 'u1', purpose: 'avatar', url: '/live/files/a.jpg', contentType: 'image/jpeg', size: 9, width: 1, height: 1 };

/** A service that takes a file, and what was sent to it. */
function taking(status = 204) {
  const connection = new FakeConnection({ 'uploads/create': () => CREATED, 'uploads/finish': () => PUBLISHED });
  const sent: [string, RequestInit][] = [];
  const needs: UploadNeeds = {
    call: (async (method: string, params?: object) => connection.call(method, params)) as UploadNeeds['call'],
    root: 'https://live.example.com/live/',
    send: (async (url: string, init: RequestInit) => {
      sent.push([url, init]);
      return Promise.resolve(new Response(null, { status }));
    }) as typeof fetch,
  };
  return { connection, sent, needs };
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('an upload', () => {
  it('is announced, sent where the service says, and published at an absolute address', async () => {
    const { connection, sent, needs } = taking();
    const published = await upload(needs, FILE, 'cover', { roomId: 'r1' });
    expect(connection.calls).toEqual([
      ['uploads/create', { purpose: 'cover', contentType: 'image/png', size: 4, roomId: 'r1' }],
      ['uploads/finish', { uploadId: 'u1' }],
    ]);
    expect(sent[0]?.[0]).toBe('https://live.example.com/live/uploads/u1?until=1&signature=s');
    expect(sent[0]?.[1]).toMatchObject({ method: 'PUT', headers: CREATED.headers, body: FILE });
    expect(published.url).toBe('https://live.example.com/live/files/a.jpg');
  });

  it('goes to a store elsewhere at its own address', async () => {
    const { connection, sent, needs } = taking(200);
    connection.replies['uploads/create'] = () => ({ ...CREATED, url: 'https://b.s3.example.com/quarantine/u1?X-Amz-Signature=s' });
    await upload(needs, FILE, 'avatar', {});
    expect(sent[0]?.[0]).toBe('https://b.s3.example.com/quarantine/u1?X-Amz-Signature=s');
  });

  it('is published once more where the answer was lost, and not where it was refused', async () => {
    const { connection, needs } = taking();
    const answers: (() => unknown)[] = [() => { throw new NetworkError('lost'); }, () => PUBLISHED];
    connection.replies['uploads/finish'] = () => answers.shift()?.();
    expect((await upload(needs, FILE, 'avatar', {})).uploadId).toBe('u1');
    connection.replies['uploads/finish'] = () => { throw refusal(3032, 'UploadRefused', 'no picture'); };
    await expect(upload(needs, FILE, 'avatar', {})).rejects.toThrow(ContentError);
    expect(connection.callsOf('uploads/finish')).toHaveLength(3);
  });

  it('that was not taken is not published', async () => {
    const { connection, needs } = taking(403);
    await expect(upload(needs, FILE, 'avatar', {})).rejects.toThrow(NetworkError);
    expect(connection.callsOf('uploads/finish')).toEqual([]);
  });

  it('tells how far it is where the browser does', async () => {
    const headers: string[] = [];
    class Request {
      upload: { onprogress?: (told: { loaded: number; total: number }) => void } = {};
      onload = () => undefined;
      status = 204;
      open = () => undefined;
      setRequestHeader = (...header: string[]) => headers.push(header.join(': '));
      send(): void {
        this.upload.onprogress?.({ loaded: 2, total: 4 });
        this.upload.onprogress?.({ loaded: 4, total: 4 });
        this.onload();
      }
    }
    vi.stubGlobal('XMLHttpRequest', Request);
    const told: number[] = [];
    await upload(taking().needs, FILE, 'avatar', { onProgress: (share) => told.push(share) });
    expect([told, headers]).toEqual([[0.5, 1], ['Content-Type: image/png']]);
  });

  it('can be stopped before it begins', async () => {
    const { connection, needs } = taking();
    await expect(upload(needs, FILE, 'avatar', { signal: AbortSignal.abort() })).rejects.toThrow();
    expect(connection.calls).toEqual([]);
  });
});
