import { describe, expect, it } from 'vitest';

import { layoutOf, partOf } from '../src/animations/vapfile';

const INFO = { w: 400, h: 800, videoW: 640, videoH: 800, rgbFrame: [0, 0, 400, 800], aFrame: [404, 0, 200, 400] };

/** A box of an MP4; `long`: with its size behind its name. */
function box(name: string, content: string, { long = false, size = -1 } = {}): number[] {
  const bytes = [...new TextEncoder().encode(content)];
  const head = long ? 16 : 8;
  const whole = size >= 0 ? size : head + bytes.length;
  const number = (value: number, width: number) => Array.from({ length: width }, (_, index) => Math.floor(value / 256 ** (width - 1 - index)) % 256);
  return [...number(long ? 1 : whole, 4), ...new TextEncoder().encode(name), ...(long ? number(whole, 8) : []), ...bytes];
}

const file = (...boxes: number[][]) => new Uint8Array(boxes.flat()).buffer;
const vapc = (info: object, how = {}) => box('vapc', JSON.stringify({ info }), how);

describe('the layout of a VAP file', () => {
  it.each([
    ['first', file(vapc(INFO), box('mdat', 'pictures'))],
    ['behind others, one of them long', file(box('ftyp', 'isom'), box('mdat', 'pictures', { long: true }), vapc(INFO))],
    ['to the end', file(box('ftyp', 'isom'), vapc(INFO, { size: 0 }))],
  ])('is read where its box stands %s', (_, given) => {
    const layout = layoutOf(given);
    expect(layout).toMatchObject({ width: 400, height: 800, videoWidth: 640 });
    expect(partOf(layout.alpha, layout)).toEqual([404 / 640, 0, 200 / 640, 0.5]);
  });

  it.each([
    ['an MP4 without it', file(box('ftyp', 'isom'), box('mdat', 'pictures'))],
    ['a box that is cut off', file(box('vapc', '{}', { size: 99 }))],
    ['a box of no size', file(box('free', '', { size: 4 }), vapc(INFO))],
    ['no JSON', file(box('vapc', 'no'))],
    ['no sizes', file(vapc({ ...INFO, w: 0 }))],
    ['areas that are none', file(vapc({ ...INFO, aFrame: ['a', 0, 1, 1] }))],
    ['nothing', new ArrayBuffer(0)],
  ])('is not made up for %s', (_, given) => {
    expect(() => layoutOf(given)).toThrow();
  });
});
