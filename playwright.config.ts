/** The built page in a real Chromium, served by vite preview. */
import { defineConfig } from '@playwright/test';
import { CHROMIUM_ARGS, findChromium } from './scripts/chromium.ts';

/** Another for each checkout that is tested at the same time. */
const PORT = Number(process.env.FEWBIT_PORT ?? 4174);

export default defineConfig({
  testDir: 'e2e',
  testMatch: '*.e2e.ts',
  // Each test waits for what happens, so that two side by side need no more of two cores than one on a busy machine.
  workers: 2,
  timeout: 300_000,
  expect: { timeout: 120_000 },
  outputDir: 'test-results',
  reporter: 'list',
  use: {
    baseURL: `http://localhost:${PORT}`,
    launchOptions: { executablePath: findChromium(), args: [...CHROMIUM_ARGS] },
    // What a service worker fetches, a test cannot damage; the tests of the worker allow it.
    serviceWorkers: 'block',
    viewport: { width: 1280, height: 800 },
    // A recording costs a fifth of the processor's time: `--trace retain-on-failure` asks for one.
    trace: 'off',
  },
  webServer: {
    command: `npm run bundle && npm run preview -- --port ${PORT} --strictPort`,
    url: `http://localhost:${PORT}`,
    timeout: 180_000,
    reuseExistingServer: false,
  },
});
