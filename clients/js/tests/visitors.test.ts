import { describe, expect, it } from 'vitest';

import { Service, Tab } from './browser.js';

describe('a visitor', () => {
  it('is a guest, who gets their name later and stays the same one', async () => {
    const tab = new Tab(new Service());
    const session = await tab.liveroom.visit('Calm Otter');
    expect(tab.service.calls[0]).toMatchObject({ method: 'auth_users/guest', params: { nickname: 'Calm Otter' } });
    expect(session.user.visitor).toBe(true);
    expect(await tab.liveroom.guest(' Mara ')).toBe(session);
    expect(tab.connection.calls).toEqual([['auth_users/user_update', { name: 'Mara' }]]);
    expect(session.user).toEqual({ userId: '1', name: 'Mara', avatar: '', visitor: false });
    expect(tab.liveroom.kept).toMatchObject({ name: 'Mara', visitor: false, token: session.token });
    expect(tab.connections, 'on the same connection').toBe(1);
  });

  it('keeps the name that they have where they give none', async () => {
    const tab = new Tab(new Service());
    await tab.liveroom.visit('Calm Otter');
    expect((await tab.liveroom.guest()).user).toMatchObject({ name: 'Ada', visitor: false });
    expect(tab.connection.calls).toEqual([]);
  });

  it('is one after a reload as well', async () => {
    const tab = new Tab(new Service());
    await tab.liveroom.visit();
    const again = await new Tab(tab.service, tab.storage).liveroom.restore();
    expect(again?.user.visitor).toBe(true);
  });

  it('is signed out when they sign in with an account', async () => {
    const tab = new Tab(new Service());
    const { token } = await tab.liveroom.visit();
    const session = await tab.liveroom.signIn('ada', 'secret word');
    expect(session.user).toMatchObject({ userId: '2', visitor: false });
    expect(tab.service.of('auth_users/user_logout')).toEqual([
      { method: 'auth_users/user_logout', params: { userId: '1' }, token },
    ]);
    expect(tab.liveroom.kept?.userId).toBe('2');
  });

  it('does not take the place of whoever has signed in before they began', async () => {
    const tab = new Tab(new Service());
    const signingIn = tab.liveroom.signIn('ada', 'secret word');
    const visiting = tab.liveroom.visit();
    const session = await signingIn;
    expect(await visiting).toBe(session);
    expect(tab.liveroom.kept?.userId).toBe('2');
    expect(await tab.liveroom.visit(), 'nor of whoever is there').toBe(session);
  });

  it('is nobody where guests are not wanted', async () => {
    const tab = new Tab(new Service());
    tab.service.refusal = { errorCode: 3008, errorMessage: 'x' };
    await expect(tab.liveroom.visit()).rejects.toMatchObject({ code: 3008 });
    expect(tab.liveroom.session).toBeNull();
  });
});

describe('somebody who has not signed in', () => {
  it('sees the live rooms', async () => {
    const tab = new Tab(new Service());
    await tab.liveroom.browse();
    expect(tab.service.calls).toEqual([{ method: 'rooms/browse', params: { limit: 50 }, token: '' }]);
  });
});
