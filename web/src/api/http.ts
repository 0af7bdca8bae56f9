/** Calls over HTTP: those that come before there is a socket. */

import { type Answer, Unreachable, unwrap } from './answer';

export type Call = <T>(method: string, params?: Record<string, unknown>, token?: string) => Promise<T>;

/** Return how to call a service. `language` is asked at each call, for the sentences of refusals. */
export function caller(api: string, language: () => string, send: typeof fetch = (...given) => fetch(...given)): Call {
  return async <T>(method: string, params: Record<string, unknown> = {}, token?: string): Promise<T> => {
    const headers: Record<string, string> = { 'content-type': 'application/json', 'accept-language': language() };
    if (token) headers.authorization = `Bearer ${token}`;
    const body = JSON.stringify(params);
    return unwrap(await answerOf(send(`${api}/${method}`, { method: 'POST', headers, body }))) as T;
  };
}

async function answerOf(sent: Promise<Response>): Promise<Answer> {
  try {
    const answer: unknown = await (await sent).json();
    if (typeof answer === 'object' && answer !== null && 'errorCode' in answer) return answer as Answer;
  } catch (failure) {
    throw new Unreachable('no answer', { cause: failure });
  }
  throw new Unreachable('not an answer of the service');
}
