/** Sign one's own users in (docs/own-users.md): the secret of a tag stays on this server. */

import { createHmac, randomBytes } from 'node:crypto';

/** The parameters of `oauth/signature`: send them from here, or give them to the app, which sends them. */
export interface SignedLogin {
  readonly username: string;
  readonly tag: string;
  readonly ts: string;
  readonly nonce: string;
  readonly hash: 'hmac-sha256';
  readonly signature: string;
}

/**
 * Sign a login, good for one session within five minutes of `now` (milliseconds since 1970).
 *
 * `username`: this server's own name of the user, 1 to 128 characters. `tag` and `secret`: of `liveroom tenants secret add`.
 */
export function signLogin(
  username: string,
  { tag, secret, now = Date.now() }: { tag: string; secret: string; now?: number },
): SignedLogin {
  const ts = String(now);
  const nonce = randomBytes(8).toString('hex');
  const signature = createHmac('sha256', secret).update([username, tag, ts, nonce].join('-')).digest('hex');
  return { username, tag, ts, nonce, hash: 'hmac-sha256', signature };
}
