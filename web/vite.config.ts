/** How the live page and the console are built: into the Python package, with relative addresses, so that it works under any path. */
import { fileURLToPath } from 'node:url';

import vue from '@vitejs/plugin-vue';
import { defaultClientConditions, defineConfig } from 'vite';

import { compressed } from './compressed.ts';
import { packages } from './packages.ts';

const SERVICE = 'http://127.0.0.1:9000';

export default defineConfig({
  base: './',
  plugins: [vue(), compressed(), packages()],
  resolve: {
    alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) },
    // The client is taken from its source, so that nothing has to be built before the page.
    conditions: ['liveroom-source', ...defaultClientConditions],
  },
  build: {
    outDir: '../src/liveroom/http/pages',
    emptyOutDir: true,
    manifest: true,
    target: 'es2022',
    // An image as a data: address would be parsed with the script; as a file it is cached for itself.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      input: {
        index: fileURLToPath(new URL('./index.html', import.meta.url)),
        console: fileURLToPath(new URL('./console.html', import.meta.url)),
      },
    },
  },
  // `npm run dev` beside `make run`.
  server: {
    proxy: {
      '/base': SERVICE,
      '/emulation': SERVICE,
      '/connection': { target: SERVICE, ws: true },
      '/reference': SERVICE,
      '/openapi.json': SERVICE,
    },
  },
});
