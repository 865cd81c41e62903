import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { compileKernels, TARGET } from './compile-kernels.ts';

test('the committed WASM kernels are what their source compiles to', async () => {
  expect(await readFile(TARGET, 'utf8')).toBe(await compileKernels());
});
