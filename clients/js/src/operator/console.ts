/** An operator's connection to a service: calls, and what happens as it happens. */

import type { ChannelListener, Connection, ConnectionStatus } from '../connection/connection.js';
import { type Endpoints, endpointsOf } from '../connection/endpoints.js';
import { sendFile, type SendOptions } from '../connection/files.js';
import { type HttpAsk, httpAsk } from '../connection/http.js';
import { type Answer, Code, unwrap } from '../errors.js';
import type { Stop } from '../events.js';
import type { AnyMethod, Data, Params, Report, RowOf } from '../types.js';
import { Channels } from './channels.js';
import type { LookIn } from './lookin.js';
import { WatchedRoom } from './watchedroom.js';

export interface ConsoleOptions {
  /** A server key, for programs in Node. Without one, calls are made by the cookie of a browser that is signed in. */
  readonly key?: string;
  /** The tenant (`apaasAppId`) that is meant; by default, or empty, the operator's only one, else the default tenant. */
  readonly tenant?: string | (() => string);
  /** The language of the service's sentences, such as `en` or `zh`; by default the service's own. */
  readonly language?: string | (() => string);
  /** How long to wait for an answer; by default 10 seconds. `admin/doctor` takes up to 15. */
  readonly timeoutMs?: number;
  /** The call asks for the password again (3016): have `operators/confirm` called, and return whether to send it again. */
  readonly confirm?: () => Promise<boolean>;
  /** A call was refused because the session is over, or there is none. */
  readonly onSignedOut?: () => void;
  /** The class `WebSocket` of the package `ws`, for Node before 22; without it, HTTP streaming is used there. */
  readonly websocket?: unknown;
  readonly fetch?: typeof fetch;
  /** How the console connects, in place of the socket: for tests. */
  readonly connect?: (token: () => Promise<string>) => Connection;
}

/** What every call of an operator takes beside the method's own parameters. */
export interface Reasoned {
  /** Why, for the audit log. */
  readonly why?: string;
}

/** The page of a list. `nextCursor` is empty on the last one. */
export interface Paged<Row> {
  readonly rows: readonly Row[];
  readonly nextCursor: string;
}

/** How an installation or a tenant is now. */
export type Overview = Data<'stats/overview'>['now'];

/** What has changed among the reports. */
export interface ReportNews {
  /** Open reports; 100 stands for 100 or more. */
  readonly open: number;
  /** The report that was filed, taken on or resolved; null at the beginning. */
  readonly report: Report | null;
}

/** What has changed among the appeals. */
export interface AppealNews {
  /** Appeals that wait for an answer; 100 stands for 100 or more. */
  readonly open: number;
  /** The statement that was appealed, or whose appeal was answered; null at the beginning. */
  readonly appeal: RowOf<'admin/list_appeals'> | null;
}

const SIGNED_OUT: ReadonlySet<number> = new Set([Code.TOKEN_EXPIRED, Code.TOKEN_INVALID]);

export class Console {
  private readonly http: HttpAsk;
  private readonly channels: Channels;
  private readonly endpoints: Endpoints;
  private readonly send: typeof fetch;

  /** `service`: where it is, such as `https://live.example.com`, or the addresses of its API and its sockets. */
  constructor(
    service: string | URL | Endpoints,
    private readonly options: ConsoleOptions = {},
  ) {
    const { key, language = '', tenant = '', timeoutMs } = options;
    this.send = options.fetch ?? ((input, init) => fetch(input, init));
    this.endpoints = typeof service === 'object' && 'api' in service ? service : endpointsOf(service);
    this.http = httpAsk({
      endpoints: this.endpoints,
      language: typeof language === 'string' ? () => language : language,
      tenant,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      send: key === undefined ? byCookie(this.send) : this.send,
    });
    this.channels = new Channels(() => this.connection());
  }

  /** Call a method, such as `admin/list_reports`. Throws `RefusedError` or `NetworkError`. */
  async call<M extends AnyMethod>(method: M, params: Params<M> & Reasoned = {} as Params<M>): Promise<Data<M>> {
    return (await this.ask(method, params)).data as Data<M>;
  }

  /** Ask for a page of a list; `cursor: nextCursor` asks for the next one. */
  async page<M extends AnyMethod>(method: M, params: Params<M> & Reasoned = {} as Params<M>): Promise<Paged<RowOf<M>>> {
    const { data, nextCursor = '' } = await this.ask(method, params);
    return { rows: (data ?? []) as RowOf<M>[], nextCursor };
  }

  /** Call a method by a name that has no types, such as a module's, and return the whole answer. */
  async ask(method: string, params: object = {}): Promise<Answer> {
    const { key, confirm, onSignedOut } = this.options;
    let answer = await this.http(method, params, key);
    if (answer.errorCode === Code.CONFIRMATION_REQUIRED && (await confirm?.())) answer = await this.http(method, params, key);
    if (SIGNED_OUT.has(answer.errorCode)) onSignedOut?.();
    unwrap(answer);
    return answer;
  }

  /**
   * Upload what a gift shows: a picture, or a Lottie animation. `url` is for `admin/set_gift`: absolute, or a path on the
   * service's own host. Throws `RefusedError` with the reason if the file cannot be used.
   */
  async upload(file: Blob, purpose: 'gift_icon' | 'animation', options: SendOptions = {}): Promise<Data<'admin/finish_upload'>> {
    const about = { purpose, contentType: file.type, size: file.size };
    return sendFile({ root: this.endpoints.root, send: this.send }, file, options, {
      announce: () => this.call('admin/create_upload', about),
      finish: (uploadId) => this.call('admin/finish_upload', { uploadId }),
    });
  }

  /** Hear how things are, now and every second, until the function that is returned is called. */
  overview(changed: (now: Overview) => void): Stop {
    return this.follow<Overview, Overview>('console:overview', { state: changed, news: changed });
  }

  /** Hear how many reports are open, and of each that is filed, taken on or resolved. */
  reports(changed: (news: ReportNews) => void): Stop {
    return this.follow<ReportNews, ReportNews>('console:reports', { state: changed, news: changed });
  }

  /** Hear how many appeals wait, and of each that is made or answered. */
  appeals(changed: (news: AppealNews) => void): Stop {
    return this.follow<AppealNews, AppealNews>('console:appeals', { state: changed, news: changed });
  }

  /** Follow a channel as it is (docs/console-socket.md); several who follow the same one share a subscription. */
  follow<State, News>(channel: string, listener: ChannelListener<State, News>): Stop {
    return this.channels.follow(channel, listener);
  }

  /** Watch a room without being in it. Throws `RoomOverError` if it is not live. */
  async watchRoom(roomId: string): Promise<WatchedRoom> {
    return WatchedRoom.watch(this.channels, roomId);
  }

  /**
   * Look unseen at what a member of a mesh room shows, for at most ten minutes: a picture without a trace on the room's
   * page, only through TURN, so that nobody there learns an address. Throws `PermissionError` where there is no TURN server.
   */
  async lookIn(roomId: string, userId: string): Promise<LookIn> {
    const { LookIn } = await import('./lookin.js');
    return LookIn.begin(this, roomId, userId);
  }

  /**
   * Hear how the connection is.
   *
   * `closed`: it does not come back by itself, and nothing is followed any more. The code says why: `Closed.NO_TOKEN` that
   * the service gave no token, 0 that the socket's SDK could not be loaded, the others are those of docs/socket.md.
   */
  onStatus(changed: (status: ConnectionStatus, code: number) => void): Stop {
    return this.channels.onStatus(changed);
  }

  /** Hear and watch nothing any more. */
  close(): void {
    this.channels.close();
  }

  private connection(): Connection | Promise<Connection> {
    const token = async () => (await this.call('admin/socket_token')).token;
    return this.options.connect?.(token) ?? this.socket(token);
  }

  /** The socket's SDK is loaded when something is followed, not with the page. */
  private async socket(token: () => Promise<string>): Promise<Connection> {
    const { Socket } = await import('../connection/socket.js');
    const { websocket } = this.options;
    return new Socket({ endpoints: this.endpoints, token, isShortLived: true, ...(websocket === undefined ? {} : { websocket }) });
  }
}

/** The console's header is what a page of another origin cannot send. */
function byCookie(send: typeof fetch): typeof fetch {
  return (address, init) => {
    const headers = new Headers(init?.headers);
    headers.set('x-liveroom-console', '1');
    return send(address, { ...init, headers, credentials: 'same-origin' });
  };
}
