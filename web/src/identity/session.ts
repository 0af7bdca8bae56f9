/** Who is at this page, as its parts watch it: the client's session, with a new one after each sign-in. */

import type {
  ConnectionStatus,
  Liveroom,
  RoomInfo,
  RoomOrder,
  Session as ClientSession,
  SessionEnd,
  SignedInUser,
  Statement,
} from '@liveroom/client';
import { computed, type ComputedRef, type Ref, ref, type ShallowRef, shallowRef } from 'vue';

export interface SessionNeeds {
  readonly liveroom: Liveroom;
  /** Whether another tab is this person, and is to stay it alone. */
  readonly isTaken: (token: string) => Promise<boolean>;
}

export interface Session {
  readonly me: ShallowRef<SignedInUser | null>;
  readonly client: ShallowRef<ClientSession | null>;
  readonly link: Ref<ConnectionStatus>;
  /** Why the former session ended, to be shown where one comes in again. */
  readonly farewell: Ref<SessionEnd | null>;
  /** Why they were banned, where they were told before they were put out. */
  readonly ban: ShallowRef<Statement | null>;
  /** Whether somebody who is banned can appeal, or has; empty: neither. */
  readonly appeal: Ref<'' | 'open' | 'sent'>;
  readonly name: ComputedRef<string>;
  /** Look around, as a guest whom nobody has asked for a name. Says whether that is allowed here. */
  visit(nickname: string): Promise<boolean>;
  /** Come in as a guest; whoever has looked around stays the same one, and gets this name. */
  guest(nickname: string): Promise<void>;
  /** The rooms that are live, for whoever is nobody yet. */
  browse(order: RoomOrder): Promise<RoomInfo[]>;
  signIn(username: string, password: string): Promise<void>;
  register(username: string, password: string): Promise<void>;
  /** Take up the session that was there before the page was loaded. */
  restore(): Promise<void>;
  signOut(): Promise<void>;
  /** Appeal against the ban that keeps one out. */
  sendAppeal(text: string): Promise<void>;
}

export function createSession({ liveroom, isTaken }: SessionNeeds): Session {
  const me = shallowRef<SignedInUser | null>(null);
  const client = shallowRef<ClientSession | null>(null);
  const link = ref<ConnectionStatus>('connecting');
  const farewell = ref<SessionEnd | null>(null);
  const ban = shallowRef<Statement | null>(null);
  const appeal = ref<'' | 'open' | 'sent'>('');

  liveroom.on('session', (session) => {
    farewell.value = null;
    ban.value = null;
    appeal.value = '';
    client.value = session;
    session.on('user.statement', ({ data }) => {
      if (data.measure === 'ban' && data.roomId === '') ban.value = data;
    });
    session.subscribe(({ user, status, ended }) => {
      link.value = status;
      if (ended) farewell.value = ended;
      me.value = ended ? null : user;
      client.value = ended ? null : session;
    });
  });
  liveroom.on('appealToken', (token) => {
    if (token) appeal.value = 'open';
  });
  return {
    me,
    client,
    link,
    farewell,
    ban,
    appeal,
    name: computed(() => me.value?.name ?? ''),
    async visit(nickname) {
      return liveroom.visit(nickname).then(
        () => true,
        () => false,
      );
    },
    async guest(nickname) {
      await liveroom.guest(nickname);
    },
    browse: (order) => liveroom.browse({ order }),
    async signIn(username, password) {
      await liveroom.signIn(username, password);
    },
    async register(username, password) {
      await liveroom.register(username, password);
    },
    async restore() {
      const { kept } = liveroom;
      if (!kept) return;
      if (await isTaken(kept.token)) liveroom.forget();
      else if (!(await liveroom.restore())) farewell.value = liveroom.appealToken ? 'banned' : 'expired';
    },
    async signOut() {
      await client.value?.signOut();
    },
    async sendAppeal(text) {
      await liveroom.appeal(text);
      appeal.value = 'sent';
    },
  };
}
