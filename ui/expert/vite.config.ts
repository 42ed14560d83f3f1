import { defineConfig } from 'vitest/config';

// Static files under any path: every address in the page is relative.
export default defineConfig({
  base: './',
  build: {
    outDir: 'dist', emptyOutDir: true, target: 'es2022', cssTarget: ['chrome123', 'firefox128'], assetsInlineLimit: 0, chunkSizeWarningLimit: 800,
    modulePreload: { polyfill: false },
  },
  test: { include: ['tests/unit/**/*.test.ts'], environment: 'node', setupFiles: 'tests/unit/setup.ts', testTimeout: 60_000 },
});
