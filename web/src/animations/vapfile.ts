/** Where a VAP file has its colours and its transparency: Tencent's VapTool leaves it as JSON in the box `vapc` of the MP4. */

export type Area = readonly [x: number, y: number, width: number, height: number];

export interface VapLayout {
  /** What is shown. */
  readonly width: number;
  readonly height: number;
  /** What the video has: pictures for colours and for transparency beside each other. */
  readonly videoWidth: number;
  readonly videoHeight: number;
  readonly colours: Area;
  readonly alpha: Area;
}

const HEAD = 8;
const LONG_HEAD = 16;
const NAME = 'vapc';

/** Return the layout of a VAP file. Throws where it is none. */
export function layoutOf(file: ArrayBuffer): VapLayout {
  const { info } = JSON.parse(new TextDecoder().decode(boxOf(file))) as { info?: Record<string, unknown> };
  const { w: width, h: height, videoW: videoWidth, videoH: videoHeight, rgbFrame: colours, aFrame: alpha } = info ?? {};
  const sizes = [width, height, videoWidth, videoHeight].map(Number);
  if (!sizes.every((one) => one > 0) || !isArea(colours) || !isArea(alpha)) throw new Error('no layout of a VAP file');
  return { width: Number(width), height: Number(height), videoWidth: Number(videoWidth), videoHeight: Number(videoHeight), colours, alpha };
}

/** Return an area as parts of the whole video. */
export function partOf([x, y, width, height]: Area, { videoWidth, videoHeight }: VapLayout): Area {
  return [x / videoWidth, y / videoHeight, width / videoWidth, height / videoHeight];
}

function boxOf(file: ArrayBuffer): Uint8Array {
  const view = new DataView(file);
  for (let at = 0; at + HEAD <= file.byteLength; ) {
    const short = view.getUint32(at);
    const head = short === 1 ? LONG_HEAD : HEAD;
    if (at + head > file.byteLength) break;
    const size = sizeOf(view, at, short);
    if (size < head || at + size > file.byteLength) break;
    if (nameAt(view, at + 4) === NAME) return new Uint8Array(file, at + head, size - head);
    at += size;
  }
  throw new Error(`no box ${NAME}`);
}

/** 0: to the end of the file; 1: said behind the name, for what is larger than 4 GB. */
function sizeOf(view: DataView, at: number, short: number): number {
  if (short === 0) return view.byteLength - at;
  return short === 1 ? Number(view.getBigUint64(at + HEAD)) : short;
}

function nameAt(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((index) => view.getUint8(at + index)));
}

function isArea(given: unknown): given is Area {
  return Array.isArray(given) && given.length === 4 && given.every((one) => typeof one === 'number' && one >= 0);
}
