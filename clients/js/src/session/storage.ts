/** Where a login is kept, so that a reload, or a program that is started again, goes on as the same user. */

import type { Login, User } from '../types.js';

/** `localStorage` is one, `sessionStorage` too. */
export type TextStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** A user who is signed in, with their token. */
export interface Identity extends User {
  /** The tenant's name; empty for the default one. */
  readonly tenant: string;
  readonly token: string;
  /** Until when the token is valid: milliseconds since 1970; 0 where that is not known. */
  readonly expires: number;
}

export interface IdentityStore {
  read(): Identity | null;
  write(identity: Identity): void;
  forget(): void;
}

const MS = 1000;

/**
 * Keep an identity in a storage, under a key. Whatever else stands there counts as nothing.
 *
 * Browsers may forbid a storage, or have no room in it: the login then lasts as long as the page.
 */
export function storeIn(storage: TextStorage, key: string): IdentityStore {
  return {
    read() {
      try {
        const kept = JSON.parse(storage.getItem(key) ?? 'null') as Partial<Identity> | null;
        if (!kept?.userId || !kept.token) return null;
        const { userId, token, name = '', avatar = '', tenant = '', expires = 0 } = kept;
        return { userId, token, name, avatar, tenant, expires };
      } catch {
        return null;
      }
    },
    write(identity) {
      attempt(() => {
        storage.setItem(key, JSON.stringify(identity));
      });
    },
    forget() {
      attempt(() => {
        storage.removeItem(key);
      });
    },
  };
}

function attempt(work: () => void): void {
  try {
    work();
  } catch {
    return;
  }
}

/** Return a storage that lasts as long as the program. */
export function memoryStorage(): TextStorage {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}

/** Return the browser's lasting storage where there is one that may be used, else one in memory. */
export function usualStorage(): TextStorage {
  try {
    if (typeof window !== 'undefined') return window.localStorage;
  } catch {
    return memoryStorage();
  }
  return memoryStorage();
}

export function identityOf({ userId, name, avatar, token, apaasAppId }: Login): Identity {
  return { userId, name, avatar, tenant: apaasAppId, token, expires: expiryOf(token) };
}

/** Return when a token expires; 0 where it does not say. */
export function expiryOf(token: string): number {
  try {
    const claims = atob((token.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/'));
    const { exp } = JSON.parse(claims) as { exp?: unknown };
    return typeof exp === 'number' ? exp * MS : 0;
  } catch {
    return 0;
  }
}
