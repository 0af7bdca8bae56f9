import { describe, expect, it } from 'vitest';

import { Code, Refusal, Unreachable } from '../src/api/answer';
import { keepIn } from '../src/identity/keep';
import { saltOf, sign } from '../src/identity/login';
import { createSession } from '../src/identity/session';
import { Tabs } from '../src/identity/tabs';
import { FakeWire } from './wires';

const LOGIN = { userId: '1', name: 'Ada', avatar: '', token: 't1' };
const ADA = { ...LOGIN, visitor: false };
const NOW = 1_700_000_000_000;

function tab(answer: (method: string, params: Record<string, unknown>, token?: string) => unknown, taken = false) {
  const stored = new Map<string, string>();
  const storage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
    removeItem: (key: string) => void stored.delete(key),
  };
  const others = new EventTarget();
  const keep = keepIn(storage, others as Window);
  /** Another tab has written something, or forgotten it. */
  const elsewhere = (me: object | null) => {
    if (me) stored.set('liveroom.me', JSON.stringify(me));
    else stored.delete('liveroom.me');
    others.dispatchEvent(Object.assign(new Event('storage'), { key: 'liveroom.me', storageArea: storage }));
  };
  const wire = new FakeWire();
  const tokens: string[] = [];
  const session = createSession({
    call: <T>(method: string, params: Record<string, unknown> = {}, token?: string) =>
      Promise.resolve().then(() => answer(method, params, token) as T),
    keep,
    openWire(token) {
      tokens.push(token());
      return wire;
    },
    isTaken: () => Promise.resolve(taken),
    now: () => NOW,
  });
  return { session, keep, wire, tokens, elsewhere };
}

describe('a session', () => {
  it('begins as guest, with a socket of its token', async () => {
    const asked: unknown[] = [];
    const { session, keep, tokens } = tab((method, params) => {
      asked.push([method, params]);
      return LOGIN;
    });
    await session.guest('  Ada ');
    expect(asked).toEqual([['auth_users/guest', { nickname: 'Ada' }]]);
    expect(session.me.value).toEqual(ADA);
    expect(keep.read()).toEqual(ADA);
    expect(tokens).toEqual(['t1']);
  });

  it('registers and signs in without sending the password', async () => {
    const asked: (readonly [string, Record<string, unknown>])[] = [];
    const { session } = tab((method, params) => {
      asked.push([method, params]);
      return LOGIN;
    });
    await session.register('ada', 'secret word');
    const [register, signature] = asked;
    expect(register).toEqual(['oauth/register', { username: 'ada', salt: saltOf('ada', 'secret word') }]);
    const { nonce } = signature![1];
    expect(signature).toEqual([
      'oauth/signature',
      { ...sign('ada', saltOf('ada', 'secret word'), NOW, String(nonce)), nickname: 'ada' },
    ]);
    expect(JSON.stringify(asked)).not.toContain('secret word');
  });

  it('is taken up again after a reload, with a new token', async () => {
    const { session, keep, tokens } = tab((_, __, token) => ({ ...LOGIN, token: `${token ?? ''}-new` }));
    keep.write(ADA);
    await session.restore();
    expect(tokens).toEqual(['t1-new']);
    expect(keep.read()?.token).toBe('t1-new');
  });

  it('is taken up with the old token while the service is away', async () => {
    const { session, keep } = tab(() => {
      throw new Unreachable('x');
    });
    keep.write(ADA);
    await session.restore();
    expect(session.me.value?.token).toBe('t1');
  });

  it('that the service does not know any more is over', async () => {
    const { session, keep } = tab(() => {
      throw new Refusal(Code.TOKEN_EXPIRED, 'UserTokenExpired', 'x');
    });
    keep.write(ADA);
    await session.restore();
    expect(session.me.value).toBeNull();
    expect(session.farewell.value).toBe('expired');
    expect(keep.read()).toBeNull();
  });

  it('of a duplicated tab stays with the original', async () => {
    const { session, keep } = tab(() => LOGIN, true);
    keep.write(ADA);
    await session.restore();
    expect(session.me.value).toBeNull();
    expect(session.farewell.value).toBeNull();
  });

  it.each([
    [4500, 'expired'],
    [4501, 'banned'],
    [4502, 'replaced'],
    [4503, 'refused'],
    [3500, 'expired'],
  ])('closed with %i ends as %s', async (code, why) => {
    const { session, wire, keep } = tab(() => LOGIN);
    await session.guest('');
    wire.turn('ended', code);
    expect(session.farewell.value).toBe(why);
    expect(session.me.value).toBeNull();
    expect(wire.closed).toBe(true);
    expect(keep.read()).toBeNull();
  });

  it('hears why it is ended', async () => {
    const { session, wire } = tab(() => LOGIN);
    await session.guest('');
    wire.whisper({ type: 'user.signed_out', reason: 'replaced' });
    expect(session.farewell.value).toBe('replaced');
  });

  it('of a visitor is that of a guest, who gets their name later and stays the same one', async () => {
    const asked: unknown[] = [];
    const { session, keep, tokens } = tab((...given) => {
      asked.push(given);
      return LOGIN;
    });
    expect(await session.visit('Calm Otter')).toBe(true);
    expect(session.me.value?.visitor).toBe(true);
    await session.guest('Mara');
    expect(asked).toEqual([
      ['auth_users/guest', { nickname: 'Calm Otter' }, undefined],
      ['auth_users/user_update', { name: 'Mara' }, 't1'],
    ]);
    expect(session.me.value).toEqual({ ...ADA, name: 'Mara' });
    expect(keep.read()).toEqual(session.me.value);
    expect(tokens, 'on the same socket').toEqual(['t1']);
  });

  it('of a visitor is over when they sign in with an account', async () => {
    const ended: unknown[] = [];
    const { session } = tab((method, params, token) => {
      if (method === 'auth_users/user_logout') ended.push([params, token]);
      return method === 'oauth/signature' ? { ...LOGIN, userId: '2', token: 't2' } : LOGIN;
    });
    await session.visit('');
    await session.signIn('ada', 'secret word');
    expect(session.me.value?.userId).toBe('2');
    expect(ended).toEqual([[{ userId: '1' }, 't1']]);
  });

  it('of a visitor does not take the place of whoever has come in before it began', async () => {
    const { session } = tab((method) => (method === 'oauth/signature' ? { ...LOGIN, userId: '2', token: 't2' } : LOGIN));
    const visit = session.visit('');
    const signIn = session.signIn('ada', 'secret word');
    await Promise.all([signIn, visit]);
    expect(session.me.value?.userId).toBe('2');
  });

  it('is not begun for visitors where guests are not wanted', async () => {
    const { session } = tab(() => {
      throw new Refusal(3008, 'NotOffered', 'x');
    });
    expect(await session.visit('')).toBe(false);
    expect(session.me.value).toBeNull();
  });

  it('begins, is renewed and ends with that of other tabs', () => {
    const { session, tokens, elsewhere } = tab(() => LOGIN);
    elsewhere(ADA);
    expect(session.me.value).toEqual(ADA);
    elsewhere({ ...ADA, token: 't2' });
    expect(session.me.value?.token).toBe('t2');
    expect(tokens, 'a new token needs no new socket').toEqual(['t1']);
    elsewhere({ ...ADA, userId: '3', token: 't3' });
    expect(tokens).toEqual(['t1', 't3']);
    elsewhere(null);
    expect(session.me.value).toBeNull();
    expect(session.farewell.value).toBe('signed_out');
  });

  it('survives a cut', async () => {
    const { session, wire } = tab(() => LOGIN);
    await session.guest('');
    wire.turn('away', 1);
    expect(session.link.value).toBe('away');
    expect(session.me.value).not.toBeNull();
  });

  it('that is signed out is over here whether the service hears it or not', async () => {
    const { session } = tab((method) => {
      if (method === 'auth_users/user_logout') throw new Unreachable('x');
      return LOGIN;
    });
    await session.guest('');
    await expect(session.signOut()).rejects.toThrow();
    expect(session.me.value).toBeNull();
  });
});

describe('tabs', () => {
  it('find each other by their token', async () => {
    type Line = ConstructorParameters<typeof Tabs>[0];
    const lines: Line[] = [];
    const open = (token: string | undefined) => {
      const line: Line = {
        onmessage: null,
        postMessage(data: unknown) {
          for (const other of lines)
            if (other !== line) other.onmessage?.call(other as BroadcastChannel, { data } as MessageEvent);
        },
      };
      lines.push(line);
      return new Tabs(line, () => token);
    };
    open('t1');
    const copy = open(undefined);
    expect(await copy.isTaken('t1')).toBe(true);
    expect(await copy.isTaken('t2')).toBe(false);
  });
});
