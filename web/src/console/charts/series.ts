/** What a chart of time shows, apart from how it is drawn. */

/** A time in milliseconds, and the value then; null where nothing is known. */
export type Point = readonly [number, number | null];

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
}

/** Colours that differ for those who see red and green alike, on light and on dark. */
const LIGHT = ['#0f6b4f', '#2b5fc4', '#b3561a', '#8a3fa0', '#7a6a00', '#b3231a', '#3d7d8a', '#5b5b66'];
const DARK = ['#45c99a', '#7fa6ff', '#f0a46a', '#d091e6', '#d8c75a', '#ff9088', '#74c3d2', '#b4b4c0'];

export const coloursOf = (theme: 'light' | 'dark'): readonly string[] => (theme === 'dark' ? DARK : LIGHT);

/** Break the line where points are missing: two that are further apart than three steps are not joined. */
export function broken(points: readonly Point[], step: number): Point[] {
  return points.flatMap((point, index) => {
    const before = points[index - 1];
    return before && point[0] - before[0] > 3 * step ? [[before[0] + step, null] as const, point] : [point];
  });
}

/** Write a figure shortly: 1.2k, 3.4M. */
export function shortly(value: number): string {
  const [size, unit] = value >= 1e6 ? [1e6, 'M'] : value >= 10_000 ? [1e3, 'k'] : [1, ''];
  const scaled = value / size;
  return `${scaled >= 100 || Number.isInteger(scaled) ? Math.round(scaled) : scaled.toFixed(scaled < 10 ? 2 : 1).replace(/\.?0+$/, '')}${unit}`;
}

/** A point at every step from one time to another; a time of which nothing is told has the value 0. */
export function filled(told: ReadonlyMap<number, number>, from: number, to: number, step: number): Point[] {
  const first = Math.floor(from / step) * step;
  const count = Math.max(0, Math.floor((to - first) / step) + 1);
  return Array.from({ length: count }, (_, index) => first + index * step).map((at) => [at, told.get(at) ?? 0] as const);
}
