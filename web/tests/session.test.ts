import { Liveroom, memoryStorage, type TextStorage } from '@liveroom/client';
import { describe, expect, it } from 'vitest';

import { FakeConnection } from '../../clients/js/tests/connections';
import { createSession } from '../src/identity/session';
import { Tabs } from '../src/identity/tabs';

const LOGIN = { userId: '1', name: 'Ada', avatar: '', apaasAppId: '', token: 't1' };
const SIGNED_IN = { errorCode: 0, errorMessage: 'ok', data: LOGIN };
const REFUSED = { errorCode: 203, errorMessage: 'expired' };
interface Given {
  storage?: TextStorage;
  taken?: boolean;
  answer?: object;
}

function tab({ storage = memoryStorage(), taken = false, answer = SIGNED_IN }: Given = {}) {
  const connection = new FakeConnection();
  const liveroom = new Liveroom('http://live.example.com', {
    storage,
    fetch: () => Promise.resolve(new Response(JSON.stringify(answer))),
    connect: () => connection,
  });
  return { connection, liveroom, session: createSession({ liveroom, isTaken: () => Promise.resolve(taken) }) };
}

async function kept(): Promise<TextStorage> {
  const storage = memoryStorage();
  await tab({ storage }).session.guest('');
  return storage;
}

describe('the page’s session', () => {
  it('shows who is signed in, and how the connection is', async () => {
    const { session, connection } = tab();
    await session.guest('Ada');
    expect(session.name.value).toBe('Ada');
    connection.turn('reconnecting');
    expect(session.link.value).toBe('reconnecting');
  });

  it('says why it is over', async () => {
    const { session, connection } = tab();
    await session.guest('');
    connection.turn('closed', 4501);
    expect(session.me.value).toBeNull();
    expect(session.wire.value).toBeNull();
    expect(session.farewell.value).toBe('banned');
  });

  it('is taken up again after a reload', async () => {
    const { session } = tab({ storage: await kept() });
    await session.restore();
    expect(session.me.value?.userId).toBe('1');
  });

  it('that is no longer valid says so', async () => {
    const { session } = tab({ storage: await kept(), answer: REFUSED });
    await session.restore();
    expect(session.farewell.value).toBe('expired');
  });

  it('of a duplicated tab stays with the original', async () => {
    const { session, liveroom } = tab({ storage: await kept(), taken: true });
    await session.restore();
    expect(session.me.value).toBeNull();
    expect(session.farewell.value).toBeNull();
    expect(liveroom.kept).toBeNull();
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
