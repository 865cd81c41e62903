/** The integer engine's shaders in Node (Dawn), where there is a Vulkan driver or Chromium's software one. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { findChromium } from '../../chromium.ts';
import { nodeGpuEnvironment } from './nodeGpu.ts';

const environment = nodeGpuEnvironment(findChromium());
if (!environment)
  console.warn('SKIPPED: no Vulkan driver for the webgpu package: the integer shaders are not checked in Node.');

test.skipIf(!environment)(
  'the integer engine on WebGPU in Node (Dawn): code for code',
  ({ skip }) => {
    const script = fileURLToPath(new URL('./integers.ts', import.meta.url));
    const { stdout, stderr } = spawnSync('npx', ['--no-install', 'tsx', script, 'short'], {
      encoding: 'utf8',
      env: { ...process.env, ...environment },
    });
    const [{ adapter }, ...results] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { adapter?: string | null; name?: string; difference?: string | null });
    if (!adapter)
      return skip(
        `SKIPPED: the webgpu package finds no adapter: no integer shader is checked in Node. ${stderr.slice(0, 300)}`,
      );
    expect(
      results.map(({ difference }) => difference),
      `${adapter}: ${stdout} ${stderr.slice(-500)}`,
    ).toEqual([null, null, null]);
  },
  300_000,
);
