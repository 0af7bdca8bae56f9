/** Addresses that are signed, and end: what was begun by one goes on by the next. */

/** Return an address that belongs to the stream that was begun at `began`, as it is where the stream is at `now`. */
export function moved(asked: string, began: string, now: string): string {
  if (asked === began) return now;
  const [before, after] = [new URL(began), new URL(now)];
  const address = new URL(asked, began);
  const folder = folderOf(before);
  if (address.origin !== before.origin || !address.pathname.startsWith(folder)) return asked;
  address.pathname = folderOf(after) + address.pathname.slice(folder.length);
  // Where parts are asked for with what signs the list, they go on so.
  for (const [name, value] of before.searchParams) {
    if (address.searchParams.get(name) === value) address.searchParams.set(name, after.searchParams.get(name) ?? value);
  }
  return address.href;
}

function folderOf({ pathname }: URL): string {
  return pathname.slice(0, pathname.lastIndexOf('/') + 1);
}
