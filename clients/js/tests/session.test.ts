import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Session } from '../src/session/session.js';
import { saltOf, sign } from '../src/session/signature.js';
import { Service, Tab } from './browser.js';

const NOW = 1_700_000_000_000;
const DAY_MS = 86_400_000;

const end = (session: Session) => session.state.ended;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('signing in', () => {
  it('as a guest keeps the login', async () => {
    const tab = new Tab(new Service());
    const session = await tab.liveroom.guest('  Ada ');
    expect(tab.service.calls[0]).toMatchObject({ method: 'auth_users/guest', params: { nickname: 'Ada' } });
    expect(session.user).toEqual({ userId: '1', name: 'Ada', avatar: '', visitor: false });
    expect(tab.liveroom.kept?.token).toBe(session.token);
    expect(await tab.connectWith()).toBe(session.token);
  });

  it('registers and signs without sending the password', async () => {
    const tab = new Tab(new Service());
    await tab.liveroom.register('ada', 'secret word');
    const [register, signature] = tab.service.calls;
    expect(register).toMatchObject({ method: 'oauth/register', params: { username: 'ada', salt: saltOf('ada', 'secret word') } });
    const signed = sign('ada', saltOf('ada', 'secret word'), NOW, String(signature?.params.nonce));
    expect(signature?.params).toEqual({ ...signed, nickname: 'ada' });
    expect(JSON.stringify(tab.service.calls)).not.toContain('secret word');
  });

  it('with a code sends back what was asked for', async () => {
    const tab = new Tab(new Service());
    const asked = await tab.liveroom.requestCode({ phone: '+8613800000000' });
    await tab.liveroom.signInWithCode(asked, '246810');
    expect(tab.service.calls[1]).toMatchObject({
      method: 'auth_users/user_login_code',
      params: { phone: '+8613800000000', sessionId: 's1', code: '246810' },
    });
  });

  it('with a login of one’s own server sends what that has signed', async () => {
    const tab = new Tab(new Service());
    const signed = { username: 'our-user', tag: 'player', ts: '1', nonce: 'n', hash: 'hmac-sha256', signature: 'x' };
    await tab.liveroom.signInSigned(signed);
    expect(tab.service.calls[0]).toMatchObject({ method: 'oauth/signature', params: signed });
  });

  it('with a token of one’s own server exchanges it', async () => {
    const tab = new Tab(new Service());
    const session = await tab.liveroom.signInWithToken('given');
    expect(tab.service.calls[0]).toMatchObject({ method: 'auth_users/user_login_token', token: 'given' });
    expect(session.token).not.toBe('given');
  });
});

describe('a storage that a browser forbids', () => {
  it('keeps nobody from signing in', async () => {
    const forbid = () => {
      throw new Error('SecurityError');
    };
    const storage = { getItem: forbid, setItem: forbid, removeItem: forbid };
    const session = await new Tab(new Service(), storage).liveroom.guest();
    expect(session.user.userId).toBe('1');
    await session.signOut();
  });
});

describe('a session', () => {
  it('goes on after a reload, with a new token', async () => {
    const tab = new Tab(new Service());
    const { token } = await tab.liveroom.guest();
    const again = await new Tab(tab.service, tab.storage).liveroom.restore();
    expect(tab.service.of('auth_users/user_login_token')[0]?.token).toBe(token);
    expect(again?.token).not.toBe(token);
  });

  it('goes on with the old token while the service is away', async () => {
    const tab = new Tab(new Service());
    const { token } = await tab.liveroom.guest();
    tab.service.down = true;
    expect((await new Tab(tab.service, tab.storage).liveroom.restore())?.token).toBe(token);
  });

  it('that the service does not know any more is forgotten', async () => {
    const tab = new Tab(new Service());
    await tab.liveroom.guest();
    tab.service.refusal = { errorCode: 203, errorMessage: 'expired' };
    expect(await new Tab(tab.service, tab.storage).liveroom.restore()).toBeNull();
    expect(tab.liveroom.kept).toBeNull();
  });

  it('renews its token when half of its time is over, and keeps the new one', async () => {
    const tab = new Tab(new Service());
    const session = await tab.liveroom.guest();
    const first = session.token;
    const renewed: string[] = [];
    session.on('token', (token) => renewed.push(token));
    await vi.advanceTimersByTimeAsync(14 * DAY_MS);
    expect(session.token).toBe(first);
    await vi.advanceTimersByTimeAsync(2 * DAY_MS);
    expect(renewed).toEqual([session.token]);
    expect(tab.connection.refreshed).toBe(1);
    expect(session.token).not.toBe(first);
    expect(tab.liveroom.kept?.token).toBe(session.token);
    expect(tab.service.of('auth_users/user_login_token')).toHaveLength(1);
  });

  it('renews a token that a laptop has slept over before it connects', async () => {
    const tab = new Tab(new Service());
    const { token } = await tab.liveroom.guest();
    vi.setSystemTime(NOW + 20 * DAY_MS);
    expect(await tab.connectWith()).not.toBe(token);
  });

  it('goes on trying to renew while the service is away', async () => {
    const tab = new Tab(new Service());
    tab.service.lastsMs = 10 * 60_000;
    const session = await tab.liveroom.guest();
    const first = session.token;
    tab.service.down = true;
    await vi.advanceTimersByTimeAsync(6 * 60_000);
    tab.service.down = false;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(session.token).not.toBe(first);
    expect(end(session)).toBeNull();
  });

  it('shares a renewed token with other tabs of the same storage', async () => {
    const one = new Tab(new Service());
    await one.liveroom.guest();
    const two = new Tab(one.service, one.storage);
    const session = await two.liveroom.restore();
    await vi.advanceTimersByTimeAsync(16 * DAY_MS);
    expect(one.liveroom.session?.token).toBe(session?.token);
    expect(one.service.of('auth_users/user_login_token'), 'the restoring, and one renewal').toHaveLength(2);
  });

  it('leaves alone what another user has kept meanwhile', async () => {
    const tab = new Tab(new Service());
    const session = await tab.liveroom.guest();
    const other = JSON.stringify({ userId: '2', token: 'of two', name: 'Bob' });
    tab.storage.setItem('liveroom.session', other);
    await vi.advanceTimersByTimeAsync(16 * DAY_MS);
    await session.signOut();
    expect(tab.storage.getItem('liveroom.session')).toBe(other);
  });

  it.each([
    [4500, 'expired'],
    [4501, 'banned'],
    [4502, 'replaced'],
    [4503, 'refused'],
    [3500, 'expired'],
  ])('whose connection is closed with %i ends as %s', async (code, why) => {
    const tab = new Tab(new Service());
    const session = await tab.liveroom.guest();
    tab.connection.turn('closed', code);
    expect(session.state).toMatchObject({ ended: why, status: 'closed' });
    expect(tab.connection.closed).toBe(true);
    expect(tab.liveroom.kept).toBeNull();
    expect(tab.liveroom.session).toBeNull();
  });

  it('hears why it is ended', async () => {
    const tab = new Tab(new Service());
    const session = await tab.liveroom.guest();
    tab.connection.tell({ type: 'user.signed_out', reason: 'replaced' });
    expect(end(session)).toBe('replaced');
  });

  it('survives a cut', async () => {
    const tab = new Tab(new Service());
    const session = await tab.liveroom.guest();
    tab.connection.turn('reconnecting', 1);
    expect(session.status).toBe('reconnecting');
    expect(end(session)).toBeNull();
  });

  it('that is signed out is over here whether the service hears it or not', async () => {
    const tab = new Tab(new Service());
    const session = await tab.liveroom.guest();
    tab.service.down = true;
    await expect(session.signOut()).rejects.toThrow();
    expect(end(session)).toBe('signed_out');
    expect(tab.liveroom.kept).toBeNull();
  });

  it('that is closed keeps the login, and leaves nothing running', async () => {
    const tab = new Tab(new Service());
    const session = await tab.liveroom.guest();
    session.close();
    expect(tab.liveroom.kept?.token).toBe(session.token);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('passes on what is sent to its user', async () => {
    const tab = new Tab(new Service());
    const session = await tab.liveroom.guest();
    const rooms: string[] = [];
    session.on('user.invited', ({ data }) => rooms.push(data.roomId));
    tab.connection.tell({ type: 'user.invited', data: { roomId: '7', kind: 'room' } });
    expect(rooms).toEqual(['7']);
  });
});
