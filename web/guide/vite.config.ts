/** How the guide is built: docs/ as pages into the Python package, with relative addresses, so that it works under any path. */
import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vite';

import { guide } from './site.ts';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  plugins: [guide()],
  build: {
    outDir: '../../src/liveroom/http/guide',
    emptyOutDir: true,
    target: 'es2022',
    // Nearly all of this build is one plugin's.
    rolldownOptions: {
      checks: { bundlerTimings: false },
      input: { guide: fileURLToPath(new URL('./search.ts', import.meta.url)) },
    },
  },
});
