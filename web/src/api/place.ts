/** Where the service is: it serves this page, so its API and socket are below the page's own address. */

export interface Place {
  /** For example `https://live.example.com/base/v1`. */
  readonly api: string;
  readonly websocket: string;
  readonly stream: string;
  readonly events: string;
  readonly emulation: string;
  /** The folder that holds the page, ending in a slash: what links to the reference begin with. */
  readonly root: string;
}

/** Say where the service is whose page has this address; `base` is what the service itself says, if it does. */
export function placeOf(page: Pick<URL, 'protocol' | 'host' | 'pathname'>, base?: string | null): Place {
  const folder = base ? `/${base.replace(/^\/+|\/+$/g, '')}/` : page.pathname.replace(/[^/]*$/, '');
  const path = folder.replace(/\/{2,}/g, '/');
  const http = `${page.protocol}//${page.host}${path}`;
  return {
    api: `${http}base/v1`,
    websocket: `${http.replace(/^http/, 'ws')}connection/websocket`,
    stream: `${http}connection/http_stream`,
    events: `${http}connection/sse`,
    emulation: `${http}emulation`,
    root: path,
  };
}
