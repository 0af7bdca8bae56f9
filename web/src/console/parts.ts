/** A file that the service gives part by part. */

export interface Part {
  readonly text: string;
  readonly entries: number;
  /** Where the next one begins; empty at the end. */
  readonly nextPart: string;
}

export interface Gathered {
  readonly texts: readonly string[];
  readonly entries: number;
  /** Whether it ends before everything was there. */
  readonly cut: boolean;
}

/** What a browser holds well: 100,000 entries of 1000 each. */
const MOST_PARTS = 100;

/** Ask for one part after the other until there is no more, or there are too many for a browser. */
export async function gather(ask: (part: string) => Promise<Part>, most: number = MOST_PARTS): Promise<Gathered> {
  const texts: string[] = [];
  let [entries, part] = [0, ''];
  do {
    const got = await ask(part);
    texts.push(got.text);
    entries += got.entries;
    part = got.nextPart;
  } while (part !== '' && texts.length < most);
  return { texts, entries, cut: part !== '' };
}
