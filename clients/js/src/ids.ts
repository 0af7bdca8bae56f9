/** Return a name that nothing else has. Works without `crypto.randomUUID`, which pages over plain http lack. */
export function freshId(): string {
  return [...crypto.getRandomValues(new Uint8Array(9))].map((byte) => byte.toString(36).padStart(2, '0')).join('');
}
