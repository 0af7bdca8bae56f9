import type { Session as ClientSession, SignedInUser } from '@liveroom/client';
import { inject, type InjectionKey } from 'vue';

import type { Session } from '../identity/session';

export const SESSION: InjectionKey<Session> = Symbol('session');

export function useSession(): Session {
  const session = inject(SESSION);
  if (!session) throw new Error('no session is provided');
  return session;
}

/** For screens that only exist while somebody is signed in. */
export function useSignedIn(): { me: SignedInUser; client: ClientSession } {
  const { me, client } = useSession();
  if (!me.value || !client.value) throw new Error('nobody is signed in');
  return { me: me.value, client: client.value };
}
