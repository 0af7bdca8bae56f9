import { inject, type InjectionKey } from 'vue';

import type { Wire } from '../api/wire';
import type { Me } from '../identity/keep';
import type { Session } from '../identity/session';

export const SESSION: InjectionKey<Session> = Symbol('session');

export function useSession(): Session {
  const session = inject(SESSION);
  if (!session) throw new Error('no session is provided');
  return session;
}

/** For screens that only exist while somebody is signed in. */
export function useSignedIn(): { session: Session; me: Me; wire: Wire } {
  const session = useSession();
  const { me, wire } = session;
  if (!me.value || !wire.value) throw new Error('nobody is signed in');
  return { session, me: me.value, wire: wire.value };
}
