import { describe, expect, it, vi } from 'vitest';

import { Api } from '@/console/api';
import { Live } from '@/console/live';

/** What hears over a service that answers every call like this, and what it was asked. */
function made(answer: object) {
  const send = vi.fn((_url: string | URL | Request) => Promise.resolve(new Response(JSON.stringify({ errorMessage: '', ...answer }))));
  const onSignedOut = vi.fn(() => { live.close(); });
  const live: Live = new Live(new Api({ root: '/', tenant: () => '', onSignedOut, confirmed: () => Promise.resolve(false), send }));
  return { live, send, onSignedOut };
}

const listener = { state: () => undefined, news: () => undefined };

describe('what is heard live', () => {
  it.each([
    [3008, 'NotOffered'],
    [3000, 'PermissionDenied'],
  ])('is off where the service gives no token (%i), which is not asked for again before somebody else signs in', async (errorCode, codeStr) => {
    const { live, send } = made({ errorCode, codeStr });
    live.listen('console:reports', listener);
    await vi.waitUntil(() => live.state.value === 'off');
    live.listen('console:overview', listener)();
    expect(send.mock.calls.map(([url]) => url)).toEqual(['/base/v1/admin/socket_token']);
    live.close();
    expect(live.state.value).toBe('connecting');
    live.listen('console:reports', listener);
    await vi.waitUntil(() => live.state.value === 'off');
    expect(send).toHaveBeenCalledTimes(2);
  });

  it('ends with the session', async () => {
    const { live, onSignedOut } = made({ errorCode: 204, codeStr: 'UserTokenInvalid' });
    live.listen('console:reports', listener);
    await vi.waitUntil(() => onSignedOut.mock.calls.length > 0);
    expect(live.state.value).toBe('connecting');
  });
});
