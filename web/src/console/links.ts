/** Links that the service prints or sends: their token stands behind the #, which no server and no log ever sees. */

export type LinkKind = 'first' | 'invitation';
export interface OpenedLink {
  readonly kind: LinkKind;
  readonly token: string;
}

const LINK = /^#(first|invitation)=([\w.~-]{8,512})$/;
const REFUSED = /^#refused=(\w{1,64})$/;
let refused = '';
let opened: OpenedLink | null = null;

/** Read the link of an address; null for none. */
export function linkOf(hash: string): OpenedLink | null {
  const [, kind, token = ''] = LINK.exec(hash) ?? [];
  return kind === undefined ? null : { kind: kind as LinkKind, token };
}

/** Take the token out of the address, so that it is in no history, and keep it until its page asks for it. */
export function openLink(location: Location, history: History, root: string): void {
  refused = REFUSED.exec(location.hash)?.[1] ?? '';
  if (refused !== '') history.replaceState(null, '', `${root}console/sign-in`);
  opened = linkOf(location.hash);
  if (opened !== null) history.replaceState(null, '', `${root}console/${opened.kind}`);
}

/** The token of the link that was opened; null for none of this kind. */
export function tokenOf(kind: LinkKind): string | null {
  return opened?.kind === kind ? opened.token : null;
}

/** Why the company's accounts did not let somebody in; empty where they were not asked. */
export const refusedBy = (): string => refused;

export function forgetLink(): void {
  opened = null;
}
