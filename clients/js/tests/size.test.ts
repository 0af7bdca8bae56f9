/** What an app loads that uses everything but media, beside the socket's SDK. */

import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { expect, it } from 'vitest';
import { build, type Rolldown } from 'vite';

const MOST = 25 * 1024;

it('the client is small beside the socket’s SDK', async () => {
  const entry = fileURLToPath(new URL('../src/index.ts', import.meta.url));
  const made = (await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: true,
      target: 'es2022',
      lib: { entry, formats: ['es'] },
      rolldownOptions: { external: ['centrifuge'] },
    },
  })) as Rolldown.RolldownOutput[];
  const code = made.flatMap(({ output }) => output).map((chunk) => ('code' in chunk ? chunk.code : '')).join('');
  expect(code).toContain('centrifuge');
  expect(gzipSync(code, { level: 9 }).length).toBeLessThan(MOST);
});
