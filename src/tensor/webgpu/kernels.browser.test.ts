import { expect, test } from 'vitest';
import { openBackend } from '../backend.ts';
import { browserPlatform } from '../wasm/browser.ts';
import { CHECKS } from './testing/checks.ts';

test.each(CHECKS)('on WebGPU in Chromium, as on the CPU: $name', async ({ run, allowed }) => {
  await openBackend('webgpu', browserPlatform);
  expect(await run()).toBeLessThanOrEqual(allowed);
});
