/** What an operator's calls can do beside the calls of users: pages, confirmations, the end of the session. */

import { describe, expect, it, vi } from 'vitest';

import { Console, type ConsoleOptions, NetworkError, SignedOutError } from '../src/operator/index.js';

const OK = { errorCode: 0, errorMessage: 'ok' };
const PASSWORD_FIRST = { errorCode: 3016, errorMessage: 'your password again', codeStr: 'ConfirmationRequired' };
const SIGNED_OUT = { errorCode: 204, errorMessage: 'sign in', codeStr: 'UserTokenInvalid' };

/** A console whose service gives these answers, one after another, and the bodies that it was sent. */
function desk(answers: object[], options: ConsoleOptions = {}) {
  const sent: unknown[] = [];
  const send: typeof fetch = (_url, init = {}) => {
    sent.push(JSON.parse(init.body as string));
    return Promise.resolve(new Response(JSON.stringify(answers.shift()), { headers: { 'x-request-id': 'r1' } }));
  };
  return { sent, console: new Console('https://live.example.com', { fetch: send, ...options }) };
}

describe('an operator’s call', () => {
  it('asks for lists page by page', async () => {
    const { console, sent } = desk([{ ...OK, data: [{ roomId: '1' }], nextCursor: 'c1' }, { ...OK, data: [] }]);
    const first = await console.page('admin/list_rooms', { limit: 1 });
    expect(first).toEqual({ rows: [{ roomId: '1' }], nextCursor: 'c1' });
    expect(await console.page('admin/list_rooms', { cursor: first.nextCursor })).toEqual({ rows: [], nextCursor: '' });
    expect(sent).toEqual([{ limit: 1 }, { cursor: 'c1' }]);
  });

  it('says why, and names the tenant that is chosen when it is made', async () => {
    let tenant = '';
    const { console, sent } = desk([OK, OK], { tenant: () => tenant });
    await console.call('admin/close_room', { roomId: '1', why: 'spam' });
    tenant = 'acme';
    await console.call('admin/close_room', { roomId: '1' });
    expect(sent).toEqual([{ roomId: '1', why: 'spam' }, { apaasAppId: 'acme', roomId: '1' }]);
  });

  it('is sent again, once, after the operator proved who they are', async () => {
    const confirm = vi.fn(() => Promise.resolve(true));
    const { console, sent } = desk([PASSWORD_FIRST, OK, PASSWORD_FIRST, PASSWORD_FIRST], { confirm });
    await console.call('admin/close_room', { roomId: '1' });
    await expect(console.call('admin/close_room', { roomId: '2' })).rejects.toMatchObject({ code: 3016 });
    expect(sent).toEqual([{ roomId: '1' }, { roomId: '1' }, { roomId: '2' }, { roomId: '2' }]);
  });

  it('is refused where they would rather not, or cannot be asked', async () => {
    const { console, sent } = desk([PASSWORD_FIRST], { confirm: () => Promise.resolve(false) });
    await expect(console.call('admin/close_room', { roomId: '1' })).rejects.toMatchObject({ code: 3016 });
    await expect(desk([PASSWORD_FIRST]).console.call('admin/close_room', { roomId: '1' })).rejects.toMatchObject({ code: 3016 });
    expect(sent.length).toBe(1);
  });

  it('tells of the end of the session, and of no other refusal', async () => {
    const onSignedOut = vi.fn();
    const tooOld = { errorCode: 3018, errorMessage: 'sign in again first', codeStr: 'SignInTooOld' };
    const { console } = desk([tooOld, SIGNED_OUT], { onSignedOut });
    await expect(console.call('admin/list_rooms')).rejects.toMatchObject({ code: 3018 });
    expect(onSignedOut).not.toHaveBeenCalled();
    await expect(console.call('admin/list_rooms')).rejects.toBeInstanceOf(SignedOutError);
    expect(onSignedOut).toHaveBeenCalledOnce();
  });

  it('that is refused says under which id the service’s log has it: the answer’s, else the header’s', async () => {
    const { console } = desk([{ ...SIGNED_OUT, requestId: 'q7' }, SIGNED_OUT]);
    await expect(console.call('admin/list_rooms')).rejects.toMatchObject({ requestId: 'q7' });
    await expect(console.call('admin/list_rooms')).rejects.toMatchObject({ requestId: 'r1' });
  });

  it('of a module goes by its name, and returns the whole answer', async () => {
    const { console } = desk([{ ...OK, data: { songs: 3 }, nextCursor: '' }]);
    expect(await console.ask('karaoke/status')).toEqual({ ...OK, data: { songs: 3 }, nextCursor: '', requestId: 'r1' });
  });

  it('waits as long as it is told', async () => {
    const never: typeof fetch = (_url, init) => new Promise((_, reject) => { init?.signal?.addEventListener('abort', () => { reject(new Error('late')); }); });
    const { console } = desk([], { fetch: never, timeoutMs: 1 });
    await expect(console.call('admin/doctor')).rejects.toBeInstanceOf(NetworkError);
  });

  it('goes to the addresses that are given in place of the service’s own', async () => {
    const fetched = vi.fn(() => Promise.resolve(new Response(JSON.stringify(OK))));
    const endpoints = { root: '/live/', api: '/live/base/v1', websocket: '', stream: '', events: '', emulation: '' };
    await new Console(endpoints, { fetch: fetched }).call('admin/close_room', { roomId: '1' });
    expect(fetched).toHaveBeenCalledWith('/live/base/v1/admin/close_room', expect.anything());
  });
});
