import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    restoreMocks: true,
    // Files leave nothing behind; a world of its own for each takes longer than its tests.
    isolate: false,
  },
});
