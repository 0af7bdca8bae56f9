/**
 * Where to open the page as somebody else, to see both sides of a show on one machine.
 *
 * Only there: whoever uses a service over a network is one person in all of their tabs.
 */

export const ANOTHER_PERSON = 'person';
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

export function anotherPersonAt({ hostname, pathname }: Pick<Location, 'hostname' | 'pathname'>): string {
  return LOOPBACK.has(hostname) ? `${pathname}?${ANOTHER_PERSON}=another#/` : '';
}

/** Return the address, or nothing on a machine that others use too. */
export function useAnotherPerson(): string {
  return anotherPersonAt(window.location);
}
