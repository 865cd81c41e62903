import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { compileKernels, TARGETS } from './compile-kernels.ts';

test.each(TARGETS)('$file is what its source compiles to', async (target) => {
  expect(await readFile(target.file, 'utf8')).toBe(await compileKernels(target));
});
