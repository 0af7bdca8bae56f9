/** The entry: where the service is, and how users sign in. */

import type { Connection } from './connection/connection.js';
import { type Endpoints, endpointsOf } from './connection/endpoints.js';
import { type HttpCall, httpCall } from './connection/http.js';
import { Polling } from './connection/polling.js';
import { Socket } from './connection/socket.js';
import { SignedOutError } from './errors.js';
import { Session } from './session/session.js';
import { freshNonce, saltOf, sign, tidyName } from './session/signature.js';
import { type Identity, identityOf, type IdentityStore, storeIn, type TextStorage, usualStorage } from './session/storage.js';
import { SessionToken } from './session/token.js';
import type { Login } from './types.js';

export interface LiveroomOptions {
  /** Where the login is kept: `localStorage` by default in browsers, else memory. */
  readonly storage?: TextStorage;
  /** The name under which it is kept there. */
  readonly storageKey?: string;
  /** The language of the service's sentences, such as `en` or `zh`; by default the service's own. */
  readonly language?: string | (() => string);
  /** The tenant (`apaasAppId`), where the host name does not say it. */
  readonly tenant?: string;
  /** `polling`: no socket; states are asked for every three seconds, and keepalives are sent. */
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
/** A login that one's own server has signed (docs/own-users.md). */
export interface SignedLogin {
  readonly username: string;
  readonly tag: string;
  readonly ts: string | number;
  readonly nonce: string;
  readonly hash?: string;
  readonly signature: string;
}

const STORAGE_KEY = 'liveroom.session';

export class Liveroom {
  private readonly endpoints: Endpoints;
  private readonly http: HttpCall;
  private readonly store: IdentityStore;
  private current: Session | null = null;

  /** `url`: where the service is, such as `https://live.example.com`. */
  constructor(
    url: string | URL,
    private readonly options: LiveroomOptions = {},
  ) {
    const { storage = usualStorage(), storageKey = STORAGE_KEY, language = '', tenant, fetch: send } = options;
    this.endpoints = endpointsOf(url);
    this.store = storeIn(storage, storageKey);
    this.http = httpCall({
      endpoints: this.endpoints,
      language: typeof language === 'string' ? () => language : language,
      ...(tenant === undefined ? {} : { tenant }),
      ...(send === undefined ? {} : { send }),
    });
  }

  /** The session that was begun last, unless it is over. */
  get session(): Session | null {
    return this.current;
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

  /** Make a guest account: it has no password, and is lost with its token. */
  async guest(nickname = ''): Promise<Session> {
    const name = tidyName(nickname);
    return this.login('auth_users/guest', name === '' ? {} : { nickname: name });
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
      return await this.signInWithToken(kept.token);
    } catch (failure) {
      if (!(failure instanceof SignedOutError)) return this.begin(kept);
      this.store.forget();
      return null;
    }
  }

  private async login(method: string, params: object, token?: string): Promise<Session> {
    return this.begin(identityOf((await this.http(method, params, token)) as Login));
  }

  private begin(identity: Identity): Session {
    this.current?.close();
    this.store.write(identity);
    const token = new SessionToken(identity, {
      store: this.store,
      now: Date.now,
      renew: async (old) => identityOf((await this.http('auth_users/user_login_token', {}, old)) as Login),
      renewed: (renewed) => {
        session.renewed(renewed);
      },
      refused: (failure) => {
        session.refuse(failure);
      },
    });
    const session: Session = new Session({
      token,
      connection: this.connect(() => token.fresh()),
      signOut: (old) => this.http('auth_users/user_logout', { userId: identity.userId }, old),
      over: (why) => {
        if (why !== null && this.store.read()?.userId === identity.userId) this.store.forget();
        if (this.current === session) this.current = null;
      },
    });
    this.current = session;
    return session;
  }

  private connect(token: () => Promise<string>): Connection {
    const { connect, realtime = 'socket', websocket } = this.options;
    if (connect) return connect(token, this.http);
    if (realtime === 'polling') return new Polling({ call: this.http, token });
    return new Socket({ endpoints: this.endpoints, token, websocket });
  }
}
