/** This tab's session, as the parts of the page watch it: the client's, with a new one after each sign-in. */

import type { ConnectionStatus, Liveroom, Session as ClientSession, SessionEnd, User } from '@liveroom/client';
import { computed, type ComputedRef, type Ref, ref, type ShallowRef, shallowRef } from 'vue';

export interface SessionNeeds {
  readonly liveroom: Liveroom;
  /** Whether another tab is this person. */
  readonly isTaken: (token: string) => Promise<boolean>;
}

export interface Session {
  readonly me: ShallowRef<User | null>;
  readonly wire: ShallowRef<ClientSession | null>;
  readonly link: Ref<ConnectionStatus>;
  /** Why the former session ended, to be shown where one comes in again. */
  readonly farewell: Ref<SessionEnd | null>;
  readonly name: ComputedRef<string>;
  guest(nickname: string): Promise<void>;
  signIn(username: string, password: string): Promise<void>;
  register(username: string, password: string): Promise<void>;
  /** Take up the session that this tab had before it was loaded anew. */
  restore(): Promise<void>;
  signOut(): Promise<void>;
}

export function createSession({ liveroom, isTaken }: SessionNeeds): Session {
  const me = shallowRef<User | null>(null);
  const wire = shallowRef<ClientSession | null>(null);
  const link = ref<ConnectionStatus>('connecting');
  const farewell = ref<SessionEnd | null>(null);

  function begin(session: ClientSession): void {
    farewell.value = null;
    wire.value = session;
    session.subscribe(({ user, status, ended }) => {
      link.value = status;
      me.value = ended ? null : user;
      if (!ended) return;
      wire.value = null;
      farewell.value = ended;
    });
  }

  return {
    me,
    wire,
    link,
    farewell,
    name: computed(() => me.value?.name ?? ''),
    async guest(nickname) {
      begin(await liveroom.guest(nickname));
    },
    async signIn(username, password) {
      begin(await liveroom.signIn(username, password));
    },
    async register(username, password) {
      begin(await liveroom.register(username, password));
    },
    async restore() {
      const { kept } = liveroom;
      if (!kept) return;
      if (await isTaken(kept.token)) {
        liveroom.forget();
        return;
      }
      const session = await liveroom.restore();
      if (session) begin(session);
      else farewell.value = 'expired';
    },
    async signOut() {
      await wire.value?.signOut();
    },
  };
}
