/** Names and pictures of users of whom only the id is known, asked for once and many at a time; "" where there are none. */

import type { Session, User as Person } from '@liveroom/client';
import { onScopeDispose, shallowRef } from 'vue';

export type { Person };

const AT_ONCE = 50;
const GATHER_MS = 30;

export function useNames(client: Session) {
  const known = shallowRef<ReadonlyMap<string, Person>>(new Map());
  const asked = new Set<string>();
  const wanted: string[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function ask(): Promise<void> {
    timer = undefined;
    const batch = wanted.splice(0, AT_ONCE);
    if (wanted.length > 0) timer = setTimeout(() => void ask(), GATHER_MS);
    try {
      const people = await client.users(batch);
      const nobody = batch.map((userId) => ({ userId, name: '', avatar: '' }));
      known.value = new Map([...known.value, ...[...nobody, ...people].map((one) => [one.userId, one] as const)]);
    } catch {
      for (const id of batch) asked.delete(id);
    }
  }

  onScopeDispose(() => {
    clearTimeout(timer);
  });
  return {
    known,
    want: (ids: Iterable<string>) => {
      for (const id of ids) {
        if (asked.has(id)) continue;
        asked.add(id);
        wanted.push(id);
      }
      if (wanted.length > 0) timer ??= setTimeout(() => void ask(), GATHER_MS);
    },
  };
}
