import { describe, expect, it } from 'vitest';

import { Service, Tab } from '../../clients/js/tests/browser';
import { createSession } from '../src/identity/session';
import { Tabs } from '../src/identity/tabs';

function open(tab = new Tab(new Service()), taken = false) {
  const { liveroom, connection, service } = tab;
  return { tab, liveroom, connection, service, session: createSession({ liveroom: tab.liveroom, isTaken: () => Promise.resolve(taken) }) };
}

/** The page is loaded anew. */
async function reloaded(taken = false) {
  const { tab, session } = open();
  await session.guest('');
  return open(new Tab(tab.service, tab.storage), taken);
}

describe('the session of the page', () => {
  it('shows who is there, and how the connection is', async () => {
    const { session, connection } = open();
    await session.guest('Ada');
    expect([session.name.value, session.client.value?.user.userId]).toEqual(['Ada', '1']);
    connection.turn('reconnecting');
    expect([session.link.value, session.me.value?.visitor]).toEqual(['reconnecting', false]);
  });

  it('of a visitor becomes that of the account that they sign in with', async () => {
    const { session } = open();
    expect(await session.visit('Calm Otter')).toBe(true);
    const visitor = session.client.value;
    expect(session.me.value?.visitor).toBe(true);
    await session.signIn('ada', 'secret word');
    expect(session.me.value).toMatchObject({ userId: '2', visitor: false });
    expect(session.client.value).not.toBe(visitor);
    expect(session.farewell.value).toBeNull();
  });

  it('is not begun for visitors where guests are not wanted', async () => {
    const { session, service } = open();
    service.refusal = { errorCode: 3008, errorMessage: 'x' };
    expect(await session.visit('')).toBe(false);
    expect(session.me.value).toBeNull();
  });

  it('says why it is over', async () => {
    const { session, connection } = open();
    await session.register('ada', 'secret word');
    connection.turn('closed', 4501);
    expect([session.me.value, session.client.value, session.farewell.value]).toEqual([null, null, 'banned']);
  });

  it('is over here when it is signed out', async () => {
    const { session } = open();
    await session.guest('');
    await session.signOut();
    expect([session.me.value, session.farewell.value]).toEqual([null, 'signed_out']);
  });

  it('is taken up again after a reload', async () => {
    const { session } = await reloaded();
    await session.restore();
    expect(session.me.value?.userId).toBe('1');
  });

  it('that is no longer valid says so', async () => {
    const { session, service } = await reloaded();
    service.refusal = { errorCode: 203, errorMessage: 'expired' };
    await session.restore();
    expect([session.me.value, session.farewell.value]).toEqual([null, 'expired']);
  });

  it('of a duplicated tab stays with the original', async () => {
    const { session, liveroom } = await reloaded(true);
    await session.restore();
    expect([session.me.value, session.farewell.value, liveroom.kept]).toEqual([null, null, null]);
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
