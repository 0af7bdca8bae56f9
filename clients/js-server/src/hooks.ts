/** Answer hooks (docs/hooks.md): this server decides before something happens. */

import type { RequestListener } from 'node:http';

import { type Answered, listener } from './listening.js';
import { type Verifying, verify } from './verification.js';

export interface HookQuestion {
  /** The same when the question is sent again because a connection broke. */
  readonly id: string;
  readonly type: 'ask.enter' | 'ask.go_live' | 'ask.role' | 'ask.text' | 'ask.upload' | 'ask.gift';
  readonly timestamp: string;
  readonly tenant: string;
  /** The details, by type. */
  readonly data: Readonly<Record<string, string | number>>;
}

/** Refuse with a sentence for the app to show, or allow; `set` changes what docs/hooks.md names. */
export type HookAnswer =
  | { readonly allow: false; readonly message?: string }
  | { readonly allow: true; readonly set?: Readonly<Record<string, string | number>> };

export type Decide = (question: HookQuestion) => HookAnswer | Promise<HookAnswer>;

/** Return the answer to a request, for any HTTP framework. Throws `WebhookError`: answer 401. */
export async function answerHook(request: Verifying, decide: Decide): Promise<Answered> {
  const question = verify(request) as HookQuestion;
  return { status: 200, body: JSON.stringify(await decide(question)) };
}

/**
 * Return a listener for `http.createServer`.
 *
 * Where `decide` throws, the request gets no valid answer, and the hook's `--otherwise` counts.
 */
export function hookListener(secrets: readonly string[], decide: Decide): RequestListener {
  return listener((delivery) => answerHook({ secrets, ...delivery }, decide));
}
