/** The session: coming in, the socket that belongs to it, and its end. */

import { computed, type ComputedRef, type Ref, ref, type ShallowRef, shallowRef } from 'vue';

import { Code, isRefusal } from '../api/answer';
import type { Call } from '../api/http';
import type { Login, Room } from '../api/types';
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
/** How many rooms are shown to whoever has not come in. */
const BROWSED = 50;
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
  /** Look around, as a guest whom nobody has asked for a name. Says whether that is allowed here. */
  visit(nickname: string): Promise<boolean>;
  /** Come in as a guest; whoever has looked around stays the same one, and gets this name. */
  guest(nickname: string): Promise<void>;
  /** The rooms that are live, for whoever is nobody yet. */
  browse(): Promise<Room[]>;
  signIn(username: string, password: string): Promise<void>;
  register(username: string, password: string): Promise<void>;
  /** Take up the session that this tab had before it was loaded anew. */
  restore(): Promise<void>;
  signOut(): Promise<void>;
}

interface Doing {
  readonly me: ShallowRef<Me | null>;
  readonly begin: (person: Me) => void;
  /** Begin as somebody else. */
  readonly replace: (person: Me) => void;
}

/** How one comes in. */
function waysIn(needs: SessionNeeds, { me, begin, replace }: Doing): Pick<Session, 'signIn' | 'visit' | 'guest' | 'register'> {
  async function signIn(username: string, password: string): Promise<void> {
    const name = tidyName(username);
    const signed = sign(name, saltOf(name, password), needs.now(), freshNonce());
    replace(meFrom(await needs.call<Login>('oauth/signature', { ...signed, nickname: name })));
  }

  return {
    signIn,
    async visit(nickname) {
      try {
        const visitor = meFrom(await needs.call<Login>('auth_users/guest', { nickname }), true);
        // Whoever has come in meanwhile stays who they are.
        if (me.value === null) begin(visitor);
        return true;
      } catch {
        return false;
      }
    },
    async guest(nickname) {
      const wanted = tidyName(nickname);
      const visitor = me.value;
      if (visitor?.visitor) {
        const named = wanted || visitor.name;
        await needs.call('auth_users/user_update', { name: named }, visitor.token);
        me.value = { ...visitor, name: named, visitor: false };
        needs.keep.write(me.value);
        return;
      }
      begin(meFrom(await needs.call<Login>('auth_users/guest', wanted ? { nickname: wanted } : {})));
    },
    async register(username, password) {
      const name = tidyName(username);
      await needs.call('oauth/register', { username: name, salt: saltOf(name, password) });
      await signIn(name, password);
    },
  };
}

export function createSession(needs: SessionNeeds): Session {
  const me = shallowRef<Me | null>(null);
  const wire = shallowRef<Wire | null>(null);
  const link = ref<Link>('connecting');
  const farewell = ref<Farewell | null>(null);

  function begin(person: Me): void {
    farewell.value = null;
    wire.value?.close();
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

  /** Whoever signs in leaves the guest behind as whom they have looked around. */
  function replace(person: Me): void {
    const former = me.value;
    begin(person);
    if (former?.visitor) needs.call('auth_users/user_logout', { userId: former.userId }, former.token).catch(() => undefined);
  }

  /** Another tab has come in, left, or renewed its token. */
  function adopt(kept: Me | null): void {
    if (kept === null) {
      if (me.value) finish('signed_out');
    } else if (kept.userId !== me.value?.userId) {
      begin(kept);
    } else {
      me.value = kept;
    }
  }

  needs.keep.onChange(adopt);
  return {
    me,
    wire,
    link,
    farewell,
    name: computed(() => me.value?.name ?? ''),
    ...waysIn(needs, { me, begin, replace }),
    browse: () => needs.call<Room[]>('rooms/browse', { limit: BROWSED }),
    async restore() {
      const kept = needs.keep.read();
      if (!kept) return;
      if (await needs.isTaken(kept.token)) {
        needs.keep.forget();
        return;
      }
      try {
        const login = await needs.call<Login>('auth_users/user_login_token', {}, kept.token);
        begin(meFrom(login, kept.visitor));
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
