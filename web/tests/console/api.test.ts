import { NetworkError } from '@liveroom/client';
import { describe, expect, it, vi } from 'vitest';

import { Api, CallRefused } from '@/console/api';

interface Sent {
  readonly url: string;
  readonly init: RequestInit;
}

/** A service that gives these answers, one after another, and what it was asked. */
function made(answers: object[], { tenant = '', confirmed = true } = {}) {
  const sent: Sent[] = [];
  const onSignedOut = vi.fn();
  const send = (url: string | URL | Request, init: RequestInit = {}) => {
    sent.push({ url: url as string, init });
    const answer = JSON.stringify(answers.shift() ?? 'nothing');
    return Promise.resolve(new Response(answer, { headers: { 'x-request-id': 'r1' } }));
  };
  const needs = { root: '/live/', tenant: () => tenant, onSignedOut, confirmed: () => Promise.resolve(confirmed), send: send };
  return { api: new Api(needs), sent, onSignedOut };
}

const body = (one: Sent | undefined): unknown => JSON.parse(one?.init.body as string);
const DONE = { errorCode: 0, errorMessage: 'ok' };
const AGAIN = { errorCode: 3016, errorMessage: 'confirm', codeStr: 'ConfirmationRequired' };

describe('calls of the console', () => {
  it('go by cookie to the same service, with the header that other sites cannot set', async () => {
    const { api, sent } = made([{ ...DONE, data: { roomId: '1' } }]);
    await expect(api.call('admin/get_room', { roomId: '1' })).resolves.toEqual({ roomId: '1' });
    expect(sent[0]?.url).toBe('/live/base/v1/admin/get_room');
    expect(sent[0]?.init.credentials).toBe('same-origin');
    expect(new Headers(sent[0]?.init.headers).get('x-liveroom-console')).toBe('1');
  });

  it('name the tenant that was chosen, and none for the default one', async () => {
    const { api, sent } = made([DONE], { tenant: 'acme' });
    await api.call('admin/close_room', { roomId: '1', why: 'spam' });
    expect(body(sent[0])).toEqual({ apaasAppId: 'acme', roomId: '1', why: 'spam' });
    const other = made([DONE]);
    await other.api.call('admin/close_room', { roomId: '1' });
    expect(body(other.sent[0])).toEqual({ roomId: '1' });
  });

  it('of lists say where the next page begins', async () => {
    const { api } = made([{ ...DONE, data: [{ roomId: '1' }], nextCursor: '1' }, { ...DONE, data: [], nextCursor: '' }]);
    expect((await api.page('admin/list_rooms', {})).nextCursor).toBe('1');
    expect(await api.page('admin/list_rooms', { cursor: '1' })).toEqual({ rows: [], nextCursor: '' });
  });

  it('are sent again after the password was confirmed, and refused where it was not', async () => {
    const { api, sent } = made([AGAIN, DONE]);
    await api.call('admin/close_room', { roomId: '1' });
    expect(sent).toHaveLength(2);
    const other = made([AGAIN], { confirmed: false });
    await expect(other.api.call('admin/close_room', { roomId: '1' })).rejects.toMatchObject({ code: 3016 });
    expect(other.sent).toHaveLength(1);
  });

  it('tell of the end of the session', async () => {
    const { api, onSignedOut } = made([{ errorCode: 204, errorMessage: 'no', codeStr: 'UserTokenInvalid' }]);
    await expect(api.call('admin/list_rooms', {})).rejects.toBeInstanceOf(CallRefused);
    expect(onSignedOut).toHaveBeenCalledOnce();
  });

  it('that are refused say under which id the log has them', async () => {
    const { api, onSignedOut } = made([{ errorCode: 2004, errorMessage: 'no such room', codeStr: 'RoomNotExists' }]);
    await expect(api.call('admin/get_room', { roomId: '1' })).rejects.toMatchObject({ code: 2004, requestId: 'r1' });
    expect(onSignedOut).not.toHaveBeenCalled();
  });

  it('that get no answer of the service say so', async () => {
    const { api } = made([]);
    await expect(api.call('admin/list_rooms', {})).rejects.toBeInstanceOf(NetworkError);
  });
});
