/** The kit in a folder of its own, on a software adapter, with nothing on its PATH: every part runs, and every row parses. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findChromium } from '../chromium.ts';
import { nodeGpuEnvironment } from '../checks/webgpu/nodeGpu.ts';

const environment = nodeGpuEnvironment(findChromium());
const canPack = process.platform === 'linux' && process.arch === 'x64';
if (!environment || !canPack)
  console.warn(
    'SKIPPED: no Linux x64 with a Vulkan driver (set VK_ICD_FILENAMES, or install Chromium): the kit is not run.',
  );

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'gpu-kit-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

test.skipIf(!environment || !canPack)(
  'packed, carried elsewhere and run in nothing but a shell',
  () => {
    const packed = join(home, 'packed');
    execFileSync('npx', ['--no-install', 'tsx', 'scripts/gpu/pack.ts', '--plain', '--twin', '--out', packed]);
    const elsewhere = join(home, 'elsewhere');
    cpSync(packed, elsewhere, { recursive: true });
    rmSync(packed, { recursive: true });
    const driver = { VK_ICD_FILENAMES: process.env.VK_ICD_FILENAMES, LD_LIBRARY_PATH: process.env.LD_LIBRARY_PATH };
    const inKit = (...given: readonly string[]) =>
      spawnSync('/bin/sh', ['run', ...given], {
        cwd: elsewhere,
        encoding: 'utf8',
        env: { ...driver, ...environment, PATH: '/nowhere' } as NodeJS.ProcessEnv,
      });
    const { stderr } = inKit('--tiny', '--minutes', '60');
    const rows = readFileSync(join(elsewhere, 'rows.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    expect(
      rows.filter((row) => 'failed' in row),
      stderr,
    ).toEqual([]);
    const parts = ['adapter', 'checks', 'kernels', 'networks', 'steps', 'training'];
    expect(rows.filter((row) => row.done === true).map(({ part }) => part)).toEqual(parts);
    const checks = rows.filter((row) => 'check' in row);
    expect(checks).toHaveLength(2);
    expect(checks.filter((row) => row.holds !== true)).toEqual([]);
    expect(rows.find((row) => row.contender === 'fewbit 4 bits' && 'medianMs' in row)).toMatchObject({ batch: 1 });
    expect(rows.filter((row) => 'step' in row).map(({ step }) => step)).toEqual(['float', 'qat']);
    const most: Readonly<Record<string, number>> = { float: 132, qat: 254 };
    for (const { step, launches } of rows.filter((row) => 'step' in row))
      expect(launches).toBeLessThanOrEqual(most[String(step)]);
    expect(rows.find((row) => 'curve' in row)).toMatchObject({ trained: 8, of: 8, testImages: 8 });
    const checkpoint = join(elsewhere, 'two-blocks.checkpoint.safetensors');
    expect(existsSync(checkpoint) && statSync(checkpoint).size).toBeGreaterThan(1000);

    const asked = ['--dataset', 'cifar10-sample', '--method', 'float32', '--images', '8', '--backend', 'webgpu'];
    const twin = inKit('twin', '--model', 'resnet20', ...asked);
    expect(JSON.parse(twin.stdout || JSON.stringify(twin.stderr))).toMatchObject({
      backend: 'webgpu',
      images: 8,
      device: expect.stringContaining('(WebGPU)') as string,
    });
  },
  900_000,
);
