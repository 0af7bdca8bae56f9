/** Where a service is: its API and its sockets are below one address. */

export interface Endpoints {
  /** For example `https://live.example.com/base/v1`. */
  readonly api: string;
  /** Where `getUserInfo` and `getUserInfoBatch` are, ending in a slash. */
  readonly root: string;
  readonly websocket: string;
  readonly stream: string;
  readonly events: string;
  readonly emulation: string;
}

/** Return the addresses of the service at this one, such as `https://live.example.com/` or `https://example.com/live/`. */
export function endpointsOf(url: string | URL): Endpoints {
  const { origin, pathname } = new URL(url);
  const root = `${origin}${pathname.replace(/\/+$/, '')}/`;
  return {
    root,
    api: `${root}base/v1`,
    websocket: `${root.replace(/^http/, 'ws')}connection/websocket`,
    stream: `${root}connection/http_stream`,
    events: `${root}connection/sse`,
    emulation: `${root}emulation`,
  };
}
