// Writes the TypeScript of the README into a module for the type check: `node tests/readme.mjs`.
import { readFileSync, writeFileSync } from 'node:fs';

// What the texts around the snippets name.
const GIVEN = `
import type { Liveroom as App, Room, RoomInfo, Session } from '../src/index.js';
import type { Remote } from '../src/media/index.js';

declare const liveroom: App;
declare const session: Session;
declare const room: Room;
declare const rooms: [RoomInfo];
declare const text: string;
declare const key: string;
declare const file: File;
declare function show(rooms: readonly RoomInfo[]): void;
declare function tell(share: number): void;
declare function play(remotes: readonly Remote[]): void;
`;
const FROM = {
  '@liveroom/client': '../src/index.js',
  '@liveroom/client/operator': '../src/operator/index.js',
  '@liveroom/client/media': '../src/media/index.js',
  '@liveroom/client/mesh': '../src/media/mesh/mesh.js',
  '@liveroom/client/livekit': '../src/media/livekit.js',
  '@liveroom/client/trtc': '../src/media/trtc.js',
};

const page = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const snippets = [...page.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, snippet]) => snippet);
const imports = snippets.flatMap((snippet) => snippet.match(/^import .*$/gm) ?? []);
const functions = snippets.map((snippet, at) => {
  const body = snippet.replace(/^import .*$/gm, '').trim();
  return `export async function snippet${at}() {\n${body}\n}`;
});
const text = [...imports, GIVEN, ...functions].join('\n').replace(/'(@liveroom\/[^']*)'/g, (_, name) => `'${FROM[name]}'`);
writeFileSync(new URL('readme.made.ts', import.meta.url), `${text}\n`);
