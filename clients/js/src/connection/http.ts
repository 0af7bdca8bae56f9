/** Calls over HTTP: those before there is a connection, and all of a session that has no socket. */

import { type Answer, NetworkError, unwrap } from '../errors.js';
import type { Endpoints } from './endpoints.js';

export type HttpCall = (method: string, params?: object, token?: string) => Promise<unknown>;

export interface HttpNeeds {
  readonly endpoints: Pick<Endpoints, 'api' | 'root'>;
  /** The tenant (`apaasAppId`), where the host name does not say it. */
  readonly tenant?: string;
  /** The language of the service's sentences, asked at each call; empty: the service's own. */
  readonly language: () => string;
  readonly send?: typeof fetch;
}

/** The service answers within three seconds. */
const TIMEOUT_MS = 10_000;
const AT_THE_ROOT: ReadonlySet<string> = new Set(['getUserInfo', 'getUserInfoBatch']);

/** Return how to call a service. */
export function httpCall({ endpoints, tenant, language, send = (...given) => fetch(...given) }: HttpNeeds): HttpCall {
  return async (method, params = {}, token) => {
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (language()) headers['accept-language'] = language();
    if (token) headers.authorization = `Bearer ${token}`;
    const body = JSON.stringify(tenant === undefined || token ? params : { apaasAppId: tenant, ...params });
    const address = AT_THE_ROOT.has(method) ? `${endpoints.root}${method}` : `${endpoints.api}/${method}`;
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    return unwrap(await answerOf(send(address, { method: 'POST', headers, body, signal })));
  };
}

async function answerOf(sent: Promise<Response>): Promise<Answer> {
  try {
    const answer: unknown = await (await sent).json();
    if (typeof answer === 'object' && answer !== null && 'errorCode' in answer) return answer as Answer;
  } catch (failure) {
    throw new NetworkError('the service did not answer', { cause: failure });
  }
  throw new NetworkError('this is not an answer of the service');
}
