/** Calls with a server key (docs/server-keys.md): as the operator, or on behalf of a user. */

import { type AnyMethod, type Data, endpointsOf, type HttpCall, httpCall, type Login, type Params } from '@liveroom/client/http';

import { signLogin } from './login.js';

export interface LiveroomServerOptions {
  /** A server key, `lrk_…`. Without one, only methods for anyone can be called. */
  readonly key?: string;
  /** The language of error messages, such as `en`. */
  readonly language?: string;
  /** The tenant (`apaasAppId`), where neither the key nor the host name says it. */
  readonly tenant?: string;
  readonly fetch?: typeof fetch;
}

/** Calls on behalf of one user. */
export interface UserCaller {
  /** Call a method for the user. Throws `RefusedError`, or `NetworkError` where no answer came. */
  call<M extends AnyMethod>(method: M, params?: Params<M>): Promise<Data<M>>;
}

export class LiveroomServer {
  private readonly http: HttpCall;

  /** `url`: where the service is, such as `https://live.example.com`. */
  constructor(
    url: string | URL,
    private readonly options: LiveroomServerOptions = {},
  ) {
    const { language = '', tenant, fetch: send } = options;
    this.http = httpCall({
      endpoints: endpointsOf(url),
      language: () => language,
      ...(tenant === undefined ? {} : { tenant }),
      ...(send === undefined ? {} : { send }),
    });
  }

  /**
   * Call a method with the key, such as `admin/create_user`.
   *
   * Throws `RefusedError`, or `NetworkError` where no answer came: the call may have been carried out all the same.
   */
  async call<M extends AnyMethod>(method: M, params?: Params<M>): Promise<Data<M>> {
    return (await this.http(method, params ?? {}, this.options.key)) as Data<M>;
  }

  /** Return what calls on behalf of a user; the key needs the scopes `act:…`. */
  as(userId: string): UserCaller {
    return {
      call: async <M extends AnyMethod>(method: M, params?: Params<M>) =>
        (await this.http(method, { ...params, actAs: userId }, this.options.key)) as Data<M>,
    };
  }

  /** Sign one of one's own users in; give the `token` of the answer to their app. The first login makes the account. */
  async signIn(
    username: string,
    { nickname, avatar, ...by }: { tag: string; secret: string; nickname?: string; avatar?: string },
  ): Promise<Login> {
    const profile = { ...(nickname === undefined ? {} : { nickname }), ...(avatar === undefined ? {} : { avatar }) };
    return (await this.http('oauth/signature', { ...signLogin(username, by), ...profile })) as Login;
  }
}
