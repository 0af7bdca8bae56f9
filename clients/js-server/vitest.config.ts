import { defineConfig } from 'vitest/config';

export default defineConfig({
  ssr: { resolve: { conditions: ['liveroom-source'] } },
  test: { include: ['tests/**/*.test.ts'] },
});
