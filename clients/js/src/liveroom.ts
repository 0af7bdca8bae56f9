/** The entry: where the service is, and how users sign in. */

import type { Connection } from './connection/connection.js';
import { type Endpoints, endpointsOf } from './connection/endpoints.js';
import { socketOrPolling } from './connection/fallback.js';
import { type HttpCall, httpCall, usualFetch } from './connection/http.js';
import { Polling } from './connection/polling.js';
import { BannedError, SignedOutError } from './errors.js';
import { Emitter, type Stop } from './events.js';
import type { RoomOrder } from './room/list.js';
import { Appeals } from './session/appeals.js';
import { Session } from './session/session.js';
import { freshNonce, saltOf, sign, type SignedLogin, tidyName } from './session/signature.js';
import {
  type Identity,
  identityOf,
  type IdentityStore,
  type StorageEvents,
  storeIn,
  type TextStorage,
  usualStorage,
} from './session/storage.js';
import { type Line, RoomTabs } from './session/tabs.js';
import { SessionToken } from './session/token.js';
import type { Login, RoomInfo, Statement } from './types.js';

export interface LiveroomOptions {
  /** Where the login is kept: `localStorage` by default in browsers, else memory. */
  readonly storage?: TextStorage;
  /** The name under which it is kept there. */
  readonly storageKey?: string;
  /** The language of the service's sentences, such as `en` or `zh`; by default the service's own. */
  readonly language?: string | (() => string);
  /** The tenant (`apaasAppId`), where the host name does not say it. */
  readonly tenant?: string;
  /** `polling`, or a service that has no socket: states are asked for every three seconds, and keepalives are sent. */
  readonly realtime?: 'socket' | 'polling';
  /** The class `WebSocket` of the package `ws`, for Node before 22; without it, HTTP streaming is used there. */
  readonly websocket?: unknown;
  readonly fetch?: typeof fetch;
  /** How a session connects, in place of the socket: for tests of apps. */
  readonly connect?: (token: () => Promise<string>, call: HttpCall) => Connection;
}

/** To whom a code is sent; a phone number has its country code. */
export type Contact = { readonly phone: string } | { readonly email: string };
/** What the page of the captcha has returned, where the service asks for one. */
export interface Captcha {
  readonly appId: string;
  readonly ticket: string;
  readonly randstr: string;
}

export interface LiveroomEvents {
  /** A session has begun: by signing in, by `restore`, or because another tab has signed in (`followTabs`). */
  session: Session;
  /** `appealToken` has changed. */
  appealToken: string;
}

const STORAGE_KEY = 'liveroom.session';
/** How many rooms are listed to whoever has not signed in. */
const BROWSED = 50;

export class Liveroom extends Emitter<LiveroomEvents> {
  private readonly endpoints: Endpoints;
  private readonly http: HttpCall;
  private readonly appeals: Appeals;
  private readonly store: IdentityStore;
  private readonly storageKey: string;
  private current: Session | null = null;

  /** `url`: where the service is, such as `https://live.example.com`. */
  constructor(
    url: string | URL,
    private readonly options: LiveroomOptions = {},
  ) {
    super();
    const { storage = usualStorage(), storageKey = STORAGE_KEY, language = '', tenant, fetch: send } = options;
    this.endpoints = endpointsOf(url);
    this.storageKey = storageKey;
    this.store = storeIn(storage, storageKey);
    const call = httpCall({
      endpoints: this.endpoints,
      language: typeof language === 'string' ? () => language : language,
      ...(tenant === undefined ? {} : { tenant }),
      ...(send === undefined ? {} : { send }),
    });
    this.appeals = new Appeals(call, (token) => { this.emit('appealToken', token); });
    this.http = this.appeals.call;
  }

  /** The session that was begun last, unless it is over. */
  get session(): Session | null {
    return this.current;
  }

  /**
   * With what whoever was refused here, or put out, because they are banned can `appeal`; empty where nobody can, and when
   * the next session has begun.
   */
  get appealToken(): string {
    return this.appeals.token;
  }

  /** Appeal against the ban, without signing in. Throws `NotFoundError` where there is nothing to appeal against. */
  async appeal(text: string): Promise<Statement> {
    return this.appeals.appeal(text);
  }

  /** The login that `restore` would go on with; null if there is none. */
  get kept(): Identity | null {
    return this.store.read();
  }

  /** Forget the login that is kept; its session goes on where it is used. */
  forget(): void {
    this.store.forget();
  }

  /** Call a method that needs no user, such as `oauth/register`. */
  async call(method: string, params: object = {}): Promise<unknown> {
    return this.http(method, params);
  }

  /**
   * Return live public rooms, newest first unless `order` says otherwise, to whoever has not signed in. Refused where
   * the service shows strangers none.
   */
  async browse({ limit = BROWSED, order }: { limit?: number; order?: RoomOrder } = {}): Promise<RoomInfo[]> {
    return (await this.http('rooms/browse', { limit, ...(order === undefined ? {} : { order }) })) as RoomInfo[];
  }

  /** Make an account and sign in. The password stays here: the service gets a salted hash of it. */
  async register(username: string, password: string): Promise<Session> {
    const name = tidyName(username);
    await this.http('oauth/register', { username: name, salt: saltOf(name, password) });
    return this.signIn(name, password);
  }

  /** Sign in with name and password; neither is sent, but a signature. */
  async signIn(username: string, password: string): Promise<Session> {
    const name = tidyName(username);
    const signed = sign(name, saltOf(name, password), Date.now(), freshNonce());
    return this.login('oauth/signature', { ...signed, nickname: name });
  }

  /** Sign in with a login that one's own server has signed. */
  async signInSigned(signed: SignedLogin): Promise<Session> {
    return this.login('oauth/signature', { ...signed });
  }

  /** Make a guest account: it has no password, and is lost with its token. A visitor keeps theirs, and gets this name. */
  async guest(nickname = ''): Promise<Session> {
    const name = tidyName(nickname);
    const visitor = this.current?.user.visitor ? this.current : null;
    if (!visitor) return this.login('auth_users/guest', named(name));
    await visitor.settle(name);
    return visitor;
  }

  /**
   * Look around before anybody is asked for a name: as a guest of whom the session says that they are a `visitor`.
   *
   * `guest` gives the same account a name of their own. Whoever signs in with another leaves it behind, and it is signed
   * out. Where somebody is signed in, also since this was called, theirs is the session that is returned.
   */
  async visit(nickname = ''): Promise<Session> {
    const { session } = this;
    if (session) return session;
    const login = (await this.http('auth_users/guest', named(tidyName(nickname)))) as Login;
    return this.session ?? this.take(identityOf(login, true));
  }

  /** Have a code sent by text message or e-mail; return what `signInWithCode` needs beside the code. */
  async requestCode(contact: Contact, captcha?: Captcha): Promise<{ readonly sessionId: string } & Contact> {
    const sent = await this.http('auth_users/user_verify_by_picture', { ...contact, ...captcha });
    const { sessionId } = sent as { sessionId: string };
    return { ...contact, sessionId };
  }

  async signInWithCode(asked: { readonly sessionId: string } & Contact, code: string): Promise<Session> {
    return this.login('auth_users/user_login_code', { ...asked, code });
  }

  /** Sign in with a token that one's own server got for this user. Throws `SignedOutError` if it is no longer valid. */
  async signInWithToken(token: string): Promise<Session> {
    return this.login('auth_users/user_login_token', {}, token);
  }

  /**
   * Go on with the login that is kept; null if there is none, or none that is still valid.
   *
   * Where the service cannot be reached, the session begins all the same and connects as soon as it can.
   */
  async restore(): Promise<Session | null> {
    const kept = this.store.read();
    if (!kept) return null;
    try {
      return this.take(identityOf(await this.exchange(kept.token), kept.visitor));
    } catch (failure) {
      if (!(failure instanceof SignedOutError)) return this.begin(kept);
      this.store.forget();
      return null;
    }
  }

  /**
   * Be one user in all tabs of the browser that share the storage, until the function that is returned is called.
   *
   * When another tab signs in or out, so does this one. A room that another tab enters ends here with `moved`, and so does
   * any room of a viewer, who is in one at a time.
   */
  followTabs({ events = window, line }: { readonly events?: StorageEvents; readonly line?: Line } = {}): Stop {
    const channel = line ? null : new BroadcastChannel(`${this.storageKey}.rooms`);
    const tabs = new RoomTabs(line ?? (channel as Line));
    const share = (session: Session) => session.on('entered', (room) => { tabs.share(room); });
    const stops = [
      this.store.follow(events, (kept) => { this.adopt(kept); }),
      this.on('session', (session) => stops.push(share(session))),
    ];
    if (this.current) stops.push(share(this.current));
    return () => {
      for (const stop of stops) stop();
      channel?.close();
    };
  }

  private async login(method: string, params: object, token?: string): Promise<Session> {
    const identity = identityOf((await this.http(method, params, token)) as Login);
    const former = this.current;
    const session = this.take(identity);
    if (former?.user.visitor) this.logOut(former.user.userId, former.token).catch(() => undefined);
    return session;
  }

  private async exchange(token: string): Promise<Login> {
    return (await this.http('auth_users/user_login_token', {}, token)) as Login;
  }

  private async logOut(userId: string, token: string): Promise<unknown> {
    return this.http('auth_users/user_logout', { userId }, token);
  }

  /** Another tab has signed in or out, or has a new token. */
  private adopt(kept: Identity | null): void {
    if (kept === null) this.current?.finish('signed_out');
    else if (kept.userId === this.current?.user.userId) this.current.adopt(kept);
    else this.begin(kept);
  }

  private take(identity: Identity): Session {
    this.store.write(identity);
    return this.begin(identity);
  }

  private begin(identity: Identity): Session {
    this.current?.close();
    const token = new SessionToken(identity, {
      store: this.store,
      now: Date.now,
      renew: async (old) => identityOf(await this.exchange(old)),
      renewed: (renewed) => {
        session.renewed(renewed);
      },
      refused: (failure) => {
        session.finish(failure instanceof BannedError ? 'banned' : 'expired');
      },
    });
    const session: Session = new Session({
      token,
      connection: this.connect(() => token.fresh()),
      root: this.endpoints.root,
      send: this.options.fetch ?? usualFetch,
      signOut: (old) => this.logOut(identity.userId, old),
      over: (why) => {
        if (why !== null && this.store.read()?.userId === identity.userId) this.store.forget();
        if (this.current === session) this.current = null;
        // Who was away when it happened has not heard why: the answer to their token says how to appeal.
        if (why === 'banned' && this.appealToken === '') void this.exchange(token.current.token).catch(() => undefined);
      },
    });
    this.current = session;
    this.appeals.follow(session);
    this.emit('session', session);
    return session;
  }

  private connect(token: () => Promise<string>): Connection {
    const { connect, realtime = 'socket', websocket } = this.options;
    if (connect) return connect(token, this.http);
    if (realtime === 'polling') return new Polling({ call: this.http, token });
    return socketOrPolling({ endpoints: this.endpoints, token, websocket }, this.http, this.options.fetch);
  }
}

function named(nickname: string): { nickname?: string } {
  return nickname === '' ? {} : { nickname };
}
