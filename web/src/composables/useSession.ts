import type { Session as ClientSession, User } from '@liveroom/client';
import { inject, type InjectionKey } from 'vue';

import type { Session } from '../identity/session';

export const SESSION: InjectionKey<Session> = Symbol('session');

export function useSession(): Session {
  const session = inject(SESSION);
  if (!session) throw new Error('no session is provided');
  return session;
}

/** For screens that only exist while somebody is signed in. */
export function useSignedIn(): { session: Session; me: User; wire: ClientSession } {
  const session = useSession();
  const { me, wire } = session;
  if (!me.value || !wire.value) throw new Error('nobody is signed in');
  return { session, me: me.value, wire: wire.value };
}
