/** Who this tab is. Kept in the tab's own storage: two tabs of one browser are two people. */

import type { Login } from '../api/types';

export interface Me {
  readonly userId: string;
  readonly name: string;
  readonly avatar: string;
  readonly token: string;
}

export interface Keep {
  read(): Me | null;
  write(me: Me): void;
  forget(): void;
}

const KEPT_AS = 'liveroom.me';

export function keepIn(storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>): Keep {
  return {
    read() {
      try {
        const kept = JSON.parse(storage.getItem(KEPT_AS) ?? 'null') as Partial<Me> | null;
        if (!kept?.userId || !kept.token) return null;
        return { userId: kept.userId, token: kept.token, name: kept.name ?? '', avatar: kept.avatar ?? '' };
      } catch {
        return null;
      }
    },
    write(me) {
      storage.setItem(KEPT_AS, JSON.stringify(me));
    },
    forget() {
      storage.removeItem(KEPT_AS);
    },
  };
}

export function meFrom(login: Login): Me {
  return { userId: login.userId, name: login.name, avatar: login.avatar, token: login.token };
}
