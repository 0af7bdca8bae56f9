/** The service's methods, as its own description (OpenAPI) has them. */

interface Described {
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  readonly operationId?: string;
}

export interface Described31 {
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, { readonly post?: Described }>>;
}

export interface Method {
  /** Such as `admin/close_room`. */
  readonly name: string;
  readonly module: string;
  readonly summary: string;
  /** What a server key needs; empty where none is enough. */
  readonly scope: string;
  /** What an operator needs; empty where it is no operator's method. */
  readonly permission: string;
  /** Where the reference page explains it. */
  readonly anchor: string;
}

const BASE = /^\/base\/v1\//;
const saidOf = (text: string, label: string): string => new RegExp(`${label}: \`([^\`]+)\``).exec(text)?.[1] ?? '';

export function methodsOf({ paths }: Described31): Method[] {
  return Object.entries(paths).flatMap(([path, { post }]) => {
    if (!post) return [];
    const { description = '', summary = '', operationId = '', tags } = post;
    const scope = saidOf(description, 'Scope');
    const permission = saidOf(description, 'Permission');
    return [{ name: path.replace(BASE, ''), module: tags?.[0] ?? '', summary, scope, permission, anchor: operationId }];
  });
}

/** Those that have every word somewhere in what is said of them. */
export function thatHave(methods: readonly Method[], text: string): Method[] {
  const words = text.toLowerCase().split(/\s+/).filter((word) => word !== '');
  return methods.filter(({ name, summary, scope, permission }) => {
    const said = `${name} ${summary} ${scope} ${permission}`.toLowerCase();
    return words.every((word) => said.includes(word));
  });
}
