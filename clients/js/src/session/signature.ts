/** The signed login: what is sent instead of a password (docs/api.md, `oauth/signature`). */

import { md5 } from '@noble/hashes/legacy.js';
import { bytesToHex, randomBytes, utf8ToBytes } from '@noble/hashes/utils.js';

/** A login that one's own server has signed (docs/own-users.md). */
export interface SignedLogin {
  readonly username: string;
  readonly tag: string;
  readonly ts: string | number;
  readonly nonce: string;
  readonly hash?: string;
  readonly signature: string;
}

export interface Signed {
  readonly username: string;
  readonly tag: string;
  readonly ts: number;
  readonly nonce: string;
  readonly signature: string;
}

/** Return what an account keeps in place of its password. */
export function saltOf(username: string, password: string): string {
  return hex(`${username}-${password}`);
}

/** Sign a login. Each signature opens one session, so `ts` and `nonce` are of now. */
export function sign(username: string, salt: string, ts: number, nonce: string, tag = ''): Signed {
  const stamp = ts > 0 ? String(ts) : '';
  return { username, tag, ts, nonce, signature: hex(`${username}-${tag}-${stamp}-${nonce}-${salt}`) };
}

export function freshNonce(): string {
  return bytesToHex(randomBytes(8));
}

/** Return a name as the service reads it: composed, without spaces around it. */
export function tidyName(name: string): string {
  return name.normalize('NFC').trim();
}

function hex(text: string): string {
  return bytesToHex(md5(utf8ToBytes(text)));
}
