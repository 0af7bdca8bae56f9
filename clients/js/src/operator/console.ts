/** An operator's connection to a service: calls, and what happens as it happens. */

import type { Connection, ConnectionStatus } from '../connection/connection.js';
import { endpointsOf } from '../connection/endpoints.js';
import { type HttpCall, httpCall } from '../connection/http.js';
import { Socket } from '../connection/socket.js';
import type { Stop } from '../events.js';
import type { AnyMethod, Data, Params, Report } from '../types.js';
import { WatchedRoom } from './watchedroom.js';

export interface ConsoleOptions {
  /** A server key, for programs in Node. Without one, calls are made by the cookie of a browser that is signed in. */
  readonly key?: string;
  /** The tenant (`apaasAppId`) that is meant; by default the operator's only one, else the default tenant. */
  readonly tenant?: string;
  /** The language of the service's sentences, such as `en` or `zh`; by default the service's own. */
  readonly language?: string | (() => string);
  /** The class `WebSocket` of the package `ws`, for Node before 22; without it, HTTP streaming is used there. */
  readonly websocket?: unknown;
  readonly fetch?: typeof fetch;
  /** How the console connects, in place of the socket: for tests. */
  readonly connect?: (token: () => Promise<string>) => Connection;
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

export class Console {
  private readonly http: HttpCall;
  private readonly statusListeners = new Set<(status: ConnectionStatus, code: number) => void>();
  private connection: Connection | null = null;

  /** `url`: where the service is, such as `https://live.example.com`. */
  constructor(
    private readonly url: string | URL,
    private readonly options: ConsoleOptions = {},
  ) {
    const { key, language = '', tenant } = options;
    const send: typeof fetch = options.fetch ?? ((input, init) => fetch(input, init));
    this.http = httpCall({
      endpoints: endpointsOf(url),
      language: typeof language === 'string' ? () => language : language,
      ...(tenant === undefined ? {} : { tenant }),
      send: key === undefined ? byCookie(send) : send,
    });
  }

  /** Call a method, such as `admin/list_reports`. Throws `RefusedError` or `NetworkError`. */
  async call<M extends AnyMethod>(method: M, params: Params<M> = {} as Params<M>): Promise<Data<M>> {
    return (await this.http(method, params, this.options.key)) as Data<M>;
  }

  /** Hear how things are, now and every second, until the function that is returned is called. */
  overview(changed: (now: Overview) => void): Stop {
    return this.connected().follow<Overview, Overview>('console:overview', { state: changed, news: changed });
  }

  /** Hear how many reports are open, and of each that is filed, taken on or resolved. */
  reports(changed: (news: ReportNews) => void): Stop {
    return this.connected().follow<ReportNews, ReportNews>('console:reports', { state: changed, news: changed });
  }

  /** Watch a room without being in it. Throws `RoomOverError` if it is not live. */
  async watchRoom(roomId: string): Promise<WatchedRoom> {
    return WatchedRoom.watch(this.connected(), roomId);
  }

  /** Hear how the connection is. `closed`: it does not come back by itself; the code says why (docs/socket.md). */
  onStatus(changed: (status: ConnectionStatus, code: number) => void): Stop {
    this.statusListeners.add(changed);
    return () => this.statusListeners.delete(changed);
  }

  /** Hear and watch nothing any more. */
  close(): void {
    this.connection?.close();
    this.connection = null;
  }

  private connected(): Connection {
    if (this.connection) return this.connection;
    const token = async () => (await this.call('admin/socket_token')).token;
    const { websocket, connect } = this.options;
    const connection = connect?.(token) ?? new Socket({
      endpoints: endpointsOf(this.url),
      token,
      isShortLived: true,
      ...(websocket === undefined ? {} : { websocket }),
    });
    connection.onStatus((status, code) => {
      if (status === 'closed') this.connection = null;
      for (const changed of [...this.statusListeners]) changed(status, code);
    });
    this.connection = connection;
    return connection;
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
