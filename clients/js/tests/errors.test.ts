import { describe, expect, it } from 'vitest';

import { httpCall } from '../src/connection/http.js';
import { endpointsOf } from '../src/connection/endpoints.js';
import {
  BannedError,
  isTransient,
  LiveroomError,
  NetworkError,
  PasswordError,
  PermissionError,
  RateLimitedError,
  RefusedError,
  refusal,
  SignedOutError,
  UnavailableError,
} from '../src/errors.js';

const calling = (send: () => Promise<Response>) =>
  httpCall({ endpoints: endpointsOf('http://live.example.com'), language: () => 'en', send })('rooms/options', {});
const answer = (body: unknown) => () => Promise.resolve(new Response(JSON.stringify(body)));

describe('errors', () => {
  it.each([
    [203, SignedOutError],
    [3002, BannedError],
    [3006, PasswordError],
    [3015, PasswordError],
    [3016, PermissionError],
    [3017, PermissionError],
    [3018, SignedOutError],
    [100, UnavailableError],
    [4200, RefusedError],
  ])('of code %i have a class', (code, kind) => {
    expect(refusal(code, 'Name', 'sentence')).toBeInstanceOf(kind);
    expect(refusal(code, 'Name', 'sentence')).toBeInstanceOf(LiveroomError);
  });

  it('say how long to wait, if the service does', async () => {
    const given = { errorCode: 3004, codeStr: 'RateLimited', errorMessage: 'try again later', retryAfter: 12, data: {} };
    await expect(calling(answer(given))).rejects.toMatchObject({ retryAfter: 12 });
    expect(refusal(3003, 'UserMuted', 'you are muted').retryAfter).toBeNull();
  });

  it('of a call have what the service says', async () => {
    const given = { errorCode: 3009, codeStr: 'StaleVersion', errorMessage: 'reload', data: { version: 7 } };
    await expect(calling(answer(given))).rejects.toMatchObject({ code: 3009, slug: 'StaleVersion', data: { version: 7 } });
    await expect(calling(answer({ ...given, errorCode: 3004 }))).rejects.toBeInstanceOf(RateLimitedError);
  });

  it('without an answer of the service are of the network', async () => {
    await expect(calling(() => Promise.reject(new TypeError('down')))).rejects.toBeInstanceOf(NetworkError);
    await expect(calling(() => Promise.resolve(new Response('<html>')))).rejects.toBeInstanceOf(NetworkError);
    await expect(calling(answer({ hello: 1 }))).rejects.toBeInstanceOf(NetworkError);
  });

  it('are worth another attempt where the call was not answered, and nowhere else', () => {
    expect(isTransient(new NetworkError('x'))).toBe(true);
    expect(isTransient(refusal(103, '', ''))).toBe(true);
    expect(isTransient(refusal(3004, '', '1 s'))).toBe(false);
  });
});
