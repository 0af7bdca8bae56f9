/** Writes each built text a second and third time, as gzip and brotli, so that the service need not. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

import type { Plugin } from 'vite';

const TEXTS = /\.(?:css|js|svg|webmanifest)$/;
const LEAST = 1024;

const asGzip = promisify(gzip);
const asBrotli = promisify(brotliCompress);

export function compressed(): Plugin {
  return {
    name: 'liveroom-compressed',
    apply: 'build',
    async writeBundle({ dir = '.' }) {
      const names = await readdir(dir, { recursive: true });
      await Promise.all(names.filter((name) => TEXTS.test(name)).map((name) => compress(join(dir, name))));
    },
  };
}

async function compress(path: string): Promise<void> {
  const text = await readFile(path);
  if (text.length < LEAST) return;
  const size = { [constants.BROTLI_PARAM_SIZE_HINT]: text.length };
  const [small, smaller] = await Promise.all([asGzip(text, { level: 9 }), asBrotli(text, { params: size })]);
  await Promise.all([writeFile(`${path}.gz`, small), writeFile(`${path}.br`, smaller)]);
}
