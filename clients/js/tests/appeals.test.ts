import { describe, expect, it } from 'vitest';

import { Service, Tab } from './browser.js';

const BANNED = { errorCode: 3002, errorMessage: 'banned', appealToken: 'a1' };
const ENDED = { errorCode: 204, errorMessage: 'banned', appealToken: 'a1' };
const stated = (changes: object) => {
  const data = { statementId: '1', measure: 'ban', roomId: '', text: 'spam', appealToken: 'a1', ...changes };
  return { type: 'user.statement', data };
};

/** Somebody who is signed in, and what the page hears of appeals. */
async function guest() {
  const tab = new Tab(new Service());
  const heard: string[] = [];
  tab.liveroom.on('appealToken', (token) => heard.push(token));
  return { tab, heard, session: await tab.liveroom.guest() };
}

describe('whoever is banned', () => {
  it('can appeal when they are refused, without being signed in', async () => {
    const { service, liveroom } = new Tab(new Service());
    service.refusal = BANNED;
    await expect(liveroom.signIn('ada', 'secret word')).rejects.toMatchObject({ code: 3002, appealToken: 'a1' });
    expect(liveroom.appealToken).toBe('a1');
    service.refusal = null;
    service.statement = { statementId: '1', state: 'appealed', appealToken: '' };
    expect(await liveroom.appeal('It was a quotation.')).toMatchObject({ state: 'appealed' });
    const [call] = service.of('moderation/appeal_by_token');
    expect(call).toMatchObject({ params: { appealToken: 'a1', text: 'It was a quotation.' }, token: '' });
    expect(liveroom.appealToken).toBe('');
  });

  it('can appeal when they were put out, told before', async () => {
    const { tab, heard } = await guest();
    tab.connection.tell(stated({}));
    tab.connection.turn('closed', 4501);
    expect([tab.liveroom.appealToken, heard]).toEqual(['a1', ['a1']]);
    expect(tab.service.of('auth_users/user_login_token')).toEqual([]);
  });

  it('can appeal when they were away when it happened', async () => {
    const { tab, session, heard } = await guest();
    tab.service.refusal = ENDED;
    tab.connection.turn('closed', 4501);
    await expect.poll(() => heard).toEqual(['a1']);
    expect(tab.service.of('auth_users/user_login_token')).toMatchObject([{ token: session.token }]);
  });

  it('can appeal when they come back later', async () => {
    const { tab } = await guest();
    tab.service.refusal = ENDED;
    const later = new Tab(tab.service, tab.storage);
    expect(await later.liveroom.restore()).toBeNull();
    expect(later.liveroom.appealToken).toBe('a1');
  });

  it('can no longer appeal here once somebody has signed in', async () => {
    const { tab, heard } = await guest();
    tab.connection.tell(stated({}));
    await tab.liveroom.signIn('ada', 'secret word');
    expect([tab.liveroom.appealToken, heard]).toEqual(['', ['a1', '']]);
  });

  it('from one room, or is warned, appeals as somebody who is signed in', async () => {
    const { tab } = await guest();
    tab.connection.tell(stated({ roomId: '40000001' }));
    tab.connection.tell(stated({ measure: 'warn' }));
    expect(tab.liveroom.appealToken).toBe('');
  });
});
