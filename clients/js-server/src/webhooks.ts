/** Receive webhooks (docs/webhooks.md): verified, batches taken apart, acknowledged when they were handled. */

import type { RequestListener } from 'node:http';

import { listener } from './listening.js';
import { verify } from './verification.js';

export interface WebhookEvent {
  /** The same whenever the event is sent again. */
  readonly id: string;
  /** Such as `room.opened`; docs/webhook-events.md lists them with their data. */
  readonly type: string;
  readonly timestamp: string;
  readonly tenant: string;
  /** What it is about: `room:<roomId>` or `user:<userId>`. */
  readonly stream: string;
  /** Its number in its stream. */
  readonly seq: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Return the events of a message that was verified. */
export function eventsIn(message: unknown): readonly WebhookEvent[] {
  const { type, data } = message as WebhookEvent;
  return type === 'batch' ? (data as { events: WebhookEvent[] }).events : [message as WebhookEvent];
}

/**
 * Return a listener for `http.createServer`. `handle` gets the events of one message, in the order of their streams.
 *
 * The message is acknowledged when `handle` is done; where it throws, liveroom sends the message again later. An event
 * may come more than once, with the same `id`.
 */
export function webhookListener(
  secrets: readonly string[],
  handle: (events: readonly WebhookEvent[]) => unknown,
): RequestListener {
  return listener(async (delivery) => {
    await handle(eventsIn(verify({ secrets, ...delivery })));
    return { status: 204, body: '' };
  });
}
