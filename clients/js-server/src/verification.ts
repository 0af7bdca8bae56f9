/** Whether a request comes from one's own liveroom: Standard Webhooks, which webhooks and hooks are signed by. */

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** The headers of `node:http`, or of `fetch`. */
export type HeadersLike = IncomingHttpHeaders | Headers;

export interface Delivery {
  readonly headers: HeadersLike;
  /** As it came: JSON that was read and written again has another signature. */
  readonly body: string | Uint8Array;
}

export interface Verifying extends Delivery {
  /** `whsec_…`; several while a secret is being replaced, or where one address serves several webhooks or hooks. */
  readonly secrets: readonly string[];
  /** Milliseconds since 1970. */
  readonly now?: number;
}

/** A request that is not signed with one of the secrets, or too old: answer it with 401. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError';
}

/** A request may be so old, or so much ahead. */
const TOLERANCE_MS = 300_000;
const VERSION = 'v1,';

/** Return the message of a request. Throws `WebhookError`. */
export function verify({ secrets, headers, body, now = Date.now() }: Verifying): unknown {
  const id = header(headers, 'webhook-id');
  const at = header(headers, 'webhook-timestamp');
  const given = header(headers, 'webhook-signature')
    .split(' ')
    .filter((one) => one.startsWith(VERSION))
    .map((one) => Buffer.from(one.slice(VERSION.length), 'base64'));
  if (!/^\d+$/.test(at) || Math.abs(now - Number(at) * 1000) > TOLERANCE_MS) {
    throw new WebhookError('the request is too old, or a clock is wrong');
  }
  const wanted = secrets.map((secret) => signature(secret, `${id}.${at}.`, body));
  if (!given.some((one) => wanted.some((other) => isSame(one, other)))) {
    throw new WebhookError('the request is not signed with one of these secrets');
  }
  return JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body));
}

function signature(secret: string, prefix: string, body: string | Uint8Array): Buffer {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return createHmac('sha256', key).update(prefix).update(body).digest();
}

function isSame(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

function header(headers: HeadersLike, name: string): string {
  const found = headers instanceof Headers ? headers.get(name) : headers[name];
  return typeof found === 'string' ? found : '';
}
