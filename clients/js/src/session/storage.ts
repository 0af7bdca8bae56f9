/** Where a login is kept, so that a reload, or a program that is started again, goes on as the same user. */

import type { Stop } from '../events.js';
import type { Login, User } from '../types.js';

/** `localStorage` is one, `sessionStorage` too. */
export type TextStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Who is signed in. */
export interface SignedInUser extends User {
  /** A guest who has looked around so far, and has not said who they are (`Liveroom.visit`). */
  readonly visitor: boolean;
}

/** A user who is signed in, with their token. */
export interface Identity extends SignedInUser {
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
  /** Hear of what other tabs write or forget, until the function that is returned is called. */
  follow(tabs: StorageEvents, changed: (kept: Identity | null) => void): Stop;
}

/** `window` is one. */
export type StorageEvents = Pick<Window, 'addEventListener' | 'removeEventListener'>;

const MS = 1000;
const NOBODY: Identity = { userId: '', name: '', avatar: '', visitor: false, tenant: '', token: '', expires: 0 };

/**
 * Keep an identity in a storage, under a key. Whatever else stands there counts as nothing.
 *
 * Browsers may forbid a storage, or have no room in it: the login then lasts as long as the page.
 */
export function storeIn(storage: TextStorage, key: string): IdentityStore {
  const read = () => {
    try {
      const kept = { ...NOBODY, ...(JSON.parse(storage.getItem(key) ?? 'null') as Partial<Identity> | null) };
      return kept.userId && kept.token ? kept : null;
    } catch {
      return null;
    }
  };
  return {
    read,
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
    follow(tabs, changed) {
      const hear = ({ key: changedKey, storageArea }: StorageEvent) => {
        if (storageArea === storage && (changedKey === key || changedKey === null)) changed(read());
      };
      tabs.addEventListener('storage', hear);
      return () => {
        tabs.removeEventListener('storage', hear);
      };
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

export function identityOf({ userId, name, avatar, token, apaasAppId }: Login, visitor = false): Identity {
  return { userId, name, avatar, visitor, tenant: apaasAppId, token, expires: expiryOf(token) };
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
