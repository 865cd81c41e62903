import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('the example of docs/qat.md runs: training at 2 bits wins back most of what rounding took from a small Keras-style model', () => {
  const script = fileURLToPath(new URL('./quantizeOwnModel.ts', import.meta.url));
  const line =
    execFileSync('npx', ['--no-install', 'tsx', script], { encoding: 'utf8' }).trim().split('\n').at(-1) ?? '';
  const { float32, rounded, trained } = JSON.parse(line) as Record<string, number>;
  expect(float32).toBeGreaterThan(0.8);
  expect(rounded).toBeLessThan(float32 - 0.1);
  expect(trained).toBeGreaterThan(rounded + (float32 - rounded) / 2);
});
