/** A colour for each id, the same on every screen: for covers and pictures that nobody has chosen. */

/** Hues that white letters stand well on, and that go together on one screen. */
const HUES = [158, 176, 194, 212, 232, 256, 282, 318, 344, 12, 24];

const letters = new Intl.Segmenter();

export function hueOf(id: string): number {
  let sum = 7;
  for (const letter of id) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 100_003;
  return HUES[sum % HUES.length] ?? 0;
}

/** The first letter or sign of a name, as people count them. */
export function initialOf(name: string): string {
  const [first] = letters.segment(name.trim());
  return first?.segment.toUpperCase() ?? '·';
}
