/** Listeners for `node:http` that take signed requests: what both kinds have in common. */

import type { IncomingMessage, RequestListener } from 'node:http';

import { type Delivery, WebhookError } from './verification.js';

export interface Answered {
  readonly status: number;
  readonly body: string;
}

/** A batch of a thousand events is smaller. */
const BODY_MAX = 16 * 1024 * 1024;

/** Return a listener: what is not signed is answered with 401, and where `answer` throws, with 500. */
export function listener(answer: (delivery: Delivery) => Promise<Answered>): RequestListener {
  return (request, response) => {
    void answering(request, answer).then(({ status, body }) => {
      response.writeHead(status, body === '' ? {} : { 'content-type': 'application/json' }).end(body);
    });
  };
}

async function answering(
  request: IncomingMessage,
  answer: (delivery: Delivery) => Promise<Answered>,
): Promise<Answered> {
  try {
    const body = await bodyOf(request);
    return body === null ? { status: 413, body: '' } : await answer({ headers: request.headers, body });
  } catch (failure) {
    return { status: failure instanceof WebhookError ? 401 : 500, body: '' };
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | null> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > BODY_MAX) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}
