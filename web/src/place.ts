/** Where the service is: it serves this page, so its API and socket are below the page's own address. */

export interface Place {
  /** Where the service is, for example `https://live.example.com/`. */
  readonly url: string;
  /** The folder that holds the page, ending in a slash: what links to the reference begin with. */
  readonly root: string;
}

/** Say where the service is whose page has this address; `base` is what the service itself says, if it does. */
export function placeOf(page: Pick<URL, 'protocol' | 'host' | 'pathname'>, base?: string | null): Place {
  const folder = base ? `/${base.replace(/^\/+|\/+$/g, '')}/` : page.pathname.replace(/[^/]*$/, '');
  const root = folder.replace(/\/{2,}/g, '/');
  return { url: `${page.protocol}//${page.host}${root}`, root };
}
