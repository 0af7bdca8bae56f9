/** Calls over HTTP: those before there is a connection, all of a session that has no socket, and all of an operator. */

import { type Answer, NetworkError, unwrap } from '../errors.js';
import type { Endpoints } from './endpoints.js';

/** Return what a method returns. Throws `RefusedError` or `NetworkError`. */
export type HttpCall = (method: string, params?: object, token?: string) => Promise<unknown>;
/** Return the whole answer, also a refusal. Throws `NetworkError`. */
export type HttpAsk = (method: string, params?: object, token?: string) => Promise<Answer>;

export interface HttpNeeds {
  readonly endpoints: Pick<Endpoints, 'api' | 'root'>;
  /** The tenant (`apaasAppId`), where the host name does not say it; empty: none is named. */
  readonly tenant?: string | (() => string);
  /** The language of the service's sentences, asked at each call; empty: the service's own. */
  readonly language: () => string;
  /** How long to wait for an answer. */
  readonly timeoutMs?: number;
  readonly send?: typeof fetch;
}

/** The service answers within three seconds. */
const TIMEOUT_MS = 10_000;
const AT_THE_ROOT: ReadonlySet<string> = new Set(['getUserInfo', 'getUserInfoBatch']);

/** `fetch` as it is when it is called: tests and apps put another one in its place. */
export const usualFetch: typeof fetch = (...given) => fetch(...given);

/** Return how to call a service. */
export function httpCall(needs: HttpNeeds): HttpCall {
  const ask = httpAsk(needs);
  return async (...asked) => unwrap(await ask(...asked));
}

/** Return how to ask a service for whole answers. */
export function httpAsk({ endpoints, tenant = '', language, timeoutMs = TIMEOUT_MS, send = usualFetch }: HttpNeeds): HttpAsk {
  return async (method, params = {}, token) => {
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (language()) headers['accept-language'] = language();
    if (token) headers.authorization = `Bearer ${token}`;
    const apaasAppId = typeof tenant === 'string' ? tenant : tenant();
    const body = JSON.stringify(apaasAppId === '' || token ? params : { apaasAppId, ...params });
    const address = AT_THE_ROOT.has(method) ? `${endpoints.root}${method}` : `${endpoints.api}/${method}`;
    const signal = AbortSignal.timeout(timeoutMs);
    return answerOf(send(address, { method: 'POST', headers, body, signal }));
  };
}

/** What a service says of itself at its root. */
export interface Greeting {
  readonly version: string;
  /** `polling`: it has no socket. */
  readonly realtime: 'socket' | 'polling';
}

/** Ask a service what it is. Throws `NetworkError`. */
export async function greeting({ root }: Pick<Endpoints, 'root'>, send = usualFetch): Promise<Greeting> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  return (await answerOf(send(root, { headers: { accept: 'application/json' }, signal }))) as unknown as Greeting;
}

async function answerOf(sent: Promise<Response>): Promise<Answer> {
  try {
    const response = await sent;
    const answer: unknown = await response.json();
    if (typeof answer === 'object' && answer !== null && 'errorCode' in answer) {
      return { requestId: response.headers.get('x-request-id') ?? '', ...(answer as Answer) };
    }
  } catch (failure) {
    throw new NetworkError('the service did not answer', { cause: failure });
  }
  throw new NetworkError('this is not an answer of the service');
}
