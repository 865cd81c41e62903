/** Unit tests twice over: in Node, and in a real Chromium where a backend has to be real. */
import { availableParallelism } from 'node:os';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import project from './package.json' with { type: 'json' };
import { CHROMIUM_ARGS, findChromium } from './scripts/chromium.ts';
import { ISOLATION } from './src/app/offline/headers.ts';

/** Suites that run over every backend, in both projects. */
const BACKEND_SUITES = 'src/**/*.backend.test.ts';
const BROWSER_TESTS = '{src,tests,scripts}/**/*.browser.test.ts';

/** Whatever the page depends on, and what of it is imported by another path; onnxruntime-web only by those. */
const BROWSER_DEPENDENCIES = [
  ...Object.keys(project.dependencies).filter((name) => name !== 'onnxruntime-web'),
  '@bufbuild/protobuf/wire',
  'fast-check',
  'hyparquet/src/column.js',
  'hyparquet/src/encoding.js',
  'onnxruntime-web/wasm',
  'onnxruntime-web/webgpu',
  'react/jsx-dev-runtime',
  'react-dom/client',
];

export default defineConfig({
  test: {
    // On two cores vitest would take one: the browser's files, one at a time beside these, end long before Node's do.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          name: 'node',
          environment: 'node',
          // A busy machine is no failure: beside six other programs the longest take two minutes.
          testTimeout: 300_000,
          include: ['{src,tests,scripts,bench}/**/*.test.ts'],
          exclude: [BROWSER_TESTS],
        },
      },
      {
        server: { headers: ISOLATION },
        // Found half way through a run, a dependency would reload the page under the tests.
        optimizeDeps: { include: BROWSER_DEPENDENCIES },
        test: {
          name: 'browser',
          include: [BROWSER_TESTS, BACKEND_SUITES],
          testTimeout: 300_000,
          browser: {
            enabled: true,
            headless: true,
            fileParallelism: false,
            screenshotFailures: false,
            provider: playwright({ launchOptions: { executablePath: findChromium(), args: [...CHROMIUM_ARGS] } }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
