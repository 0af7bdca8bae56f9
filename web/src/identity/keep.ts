/** Who is at this browser: one person in all of its tabs, but for a tab that was opened as another one. */

import type { Login } from '../api/types';

export interface Me {
  readonly userId: string;
  readonly name: string;
  readonly avatar: string;
  readonly token: string;
  /** A guest who has looked around so far, and not said who they are. */
  readonly visitor: boolean;
}

export interface Keep {
  read(): Me | null;
  write(me: Me): void;
  forget(): void;
  /** Hear of what other tabs write or forget. Returns how to stop hearing. */
  onChange(changed: (me: Me | null) => void): () => void;
}

const KEPT_AS = 'liveroom.me';

type Stored = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
type Heard = Pick<Window, 'addEventListener' | 'removeEventListener'>;

export function keepIn(storage: Stored, heard: Heard): Keep {
  const keep: Keep = {
    read() {
      try {
        const kept = JSON.parse(storage.getItem(KEPT_AS) ?? 'null') as Partial<Me> | null;
        if (!kept?.userId || !kept.token) return null;
        return { userId: kept.userId, token: kept.token, name: kept.name ?? '', avatar: kept.avatar ?? '', visitor: kept.visitor === true };
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
    onChange(changed) {
      const hear = ({ key, storageArea }: StorageEvent) => {
        if (storageArea === storage && (key === KEPT_AS || key === null)) changed(keep.read());
      };
      heard.addEventListener('storage', hear);
      return () => {
        heard.removeEventListener('storage', hear);
      };
    },
  };
  return keep;
}

export function meFrom(login: Login, visitor = false): Me {
  return { userId: login.userId, name: login.name, avatar: login.avatar, token: login.token, visitor };
}
