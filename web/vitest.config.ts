import { defineConfig, mergeConfig } from 'vitest/config';

import vite from './vite.config.ts';

export default mergeConfig(
  vite,
  defineConfig({
    ssr: { resolve: { conditions: ['liveroom-source'] } },
    test: {
      environment: 'happy-dom',
      include: ['tests/**/*.test.ts'],
      restoreMocks: true,
      // Files leave nothing behind; a world of its own for each takes longer than its tests.
      isolate: false,
    },
  }),
);
