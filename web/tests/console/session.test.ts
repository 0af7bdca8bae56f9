import { afterEach, describe, expect, it, vi } from 'vitest';

import { makeConsole } from '@/console/composables/useConsole';

const ME = { name: 'ann', tenants: [''], permissions: ['*'] };

/** A console whose service gives these answers, one after another. */
function made(...answers: object[]) {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(JSON.stringify(answers.shift()))));
  return makeConsole('/', () => Promise.resolve(null));
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('who is signed in', () => {
  it('is nobody where the service knows of no session', async () => {
    const console = made({ errorCode: 204, errorMessage: 'no', codeStr: 'UserTokenInvalid' });
    await console.begin();
    expect([console.begun.value, console.me.value]).toEqual([true, null]);
  });

  it.each([
    [120, 'Maintenance'],
    [103, 'ServiceDBFailed'],
  ])('is not known where the service cannot say (%i)', async (errorCode, codeStr) => {
    const console = made({ errorCode: 0, errorMessage: 'ok', data: ME }, { errorCode, errorMessage: 'later', codeStr });
    await console.begin();
    await console.begin();
    expect(console.me.value).toMatchObject({ name: 'ann' });
    expect(console.failure.value).toMatchObject({ code: errorCode });
  });
});
