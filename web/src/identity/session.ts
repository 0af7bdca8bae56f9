/** This tab's session: coming in, the socket that belongs to it, and its end. */

import { computed, type ComputedRef, type Ref, ref, type ShallowRef, shallowRef } from 'vue';

import { Code, isRefusal } from '../api/answer';
import type { Call } from '../api/http';
import type { Login } from '../api/types';
import type { Link, Wire } from '../api/wire';
import { type Keep, type Me, meFrom } from './keep';
import { freshNonce, saltOf, sign, tidyName } from './login';

export type Farewell = 'signed_out' | 'expired' | 'replaced' | 'refused' | 'banned' | 'deleted';

export interface SessionNeeds {
  readonly call: Call;
  readonly keep: Keep;
  openWire(token: () => string): Wire;
  /** Whether another tab is this person. */
  isTaken(token: string): Promise<boolean>;
  now(): number;
}

/** What the codes of a connection that is closed for good mean; any other is a session that is over. */
const FAREWELLS: Readonly<Record<number, Farewell>> = { 4501: 'banned', 4502: 'replaced', 4503: 'refused' };
const REASONS: Readonly<Record<string, Farewell>> = {
  logout: 'signed_out',
  replaced: 'replaced',
  banned: 'banned',
  deleted: 'deleted',
};

export interface Session {
  readonly me: ShallowRef<Me | null>;
  readonly wire: ShallowRef<Wire | null>;
  readonly link: Ref<Link>;
  /** Why the former session ended, to be shown where one comes in again. */
  readonly farewell: Ref<Farewell | null>;
  readonly name: ComputedRef<string>;
  guest(nickname: string): Promise<void>;
  signIn(username: string, password: string): Promise<void>;
  register(username: string, password: string): Promise<void>;
  /** Take up the session that this tab had before it was loaded anew. */
  restore(): Promise<void>;
  signOut(): Promise<void>;
}

export function createSession(needs: SessionNeeds): Session {
  const me = shallowRef<Me | null>(null);
  const wire = shallowRef<Wire | null>(null);
  const link = ref<Link>('connecting');
  const farewell = ref<Farewell | null>(null);

  function begin(person: Me): void {
    farewell.value = null;
    needs.keep.write(person);
    link.value = 'connecting';
    me.value = person;
    const opened = needs.openWire(() => me.value?.token ?? '');
    opened.onLink((now, code) => {
      link.value = now;
      if (now === 'ended') finish(FAREWELLS[code] ?? 'expired');
    });
    opened.onPersonal((event) => {
      if (event.type !== 'user.signed_out') return;
      finish(REASONS[(event as { reason?: string }).reason ?? ''] ?? 'expired');
    });
    wire.value = opened;
  }

  function finish(why: Farewell): void {
    needs.keep.forget();
    wire.value?.close();
    wire.value = null;
    me.value = null;
    farewell.value = why;
  }

  async function signIn(username: string, password: string): Promise<void> {
    const name = tidyName(username);
    const signed = sign(name, saltOf(name, password), needs.now(), freshNonce());
    begin(meFrom(await needs.call<Login>('oauth/signature', { ...signed, nickname: name })));
  }

  return {
    me,
    wire,
    link,
    farewell,
    name: computed(() => me.value?.name ?? ''),
    signIn,
    async guest(nickname) {
      const wanted = tidyName(nickname);
      begin(meFrom(await needs.call<Login>('auth_users/guest', wanted ? { nickname: wanted } : {})));
    },
    async register(username, password) {
      const name = tidyName(username);
      await needs.call('oauth/register', { username: name, salt: saltOf(name, password) });
      await signIn(name, password);
    },
    async restore() {
      const kept = needs.keep.read();
      if (!kept) return;
      if (await needs.isTaken(kept.token)) {
        needs.keep.forget();
        return;
      }
      try {
        begin(meFrom(await needs.call<Login>('auth_users/user_login_token', {}, kept.token)));
      } catch (failure) {
        if (isRefusal(failure, Code.TOKEN_EXPIRED, Code.TOKEN_INVALID)) finish('expired');
        else begin(kept);
      }
    },
    async signOut() {
      const leaving = me.value;
      finish('signed_out');
      if (leaving) await needs.call('auth_users/user_logout', { userId: leaving.userId }, leaving.token);
    },
  };
}
