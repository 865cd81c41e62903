import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { CHECKS } from '../../../src/tensor/webgpu/testing/checks.ts';
import { findChromium } from '../../chromium.ts';
import { nodeGpuEnvironment } from './nodeGpu.ts';

const environment = nodeGpuEnvironment(findChromium());
if (!environment)
  console.warn(
    'SKIPPED: no Vulkan driver for the webgpu package (set VK_ICD_FILENAMES, or install Chromium): our WebGPU kernels are not checked in Node.',
  );

test.skipIf(!environment)('our WebGPU kernels in Node (Dawn): as on the CPU', ({ skip }) => {
  const script = fileURLToPath(new URL('./checks.ts', import.meta.url));
  const { stdout, stderr } = spawnSync('npx', ['--no-install', 'tsx', script], {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  });
  const [{ adapter }, ...results] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { adapter?: string | null; name?: string; error?: number; allowed?: number });
  if (!adapter)
    return skip(
      `SKIPPED: the webgpu package finds no adapter, so our WebGPU kernels are not checked in Node. ${stderr.slice(0, 300)}`,
    );
  expect(results.map(({ name }) => name)).toEqual(CHECKS.map(({ name }) => name));
  expect(
    results.filter(({ error = Infinity, allowed = 0 }) => !(error <= allowed)),
    adapter,
  ).toEqual([]);
});
