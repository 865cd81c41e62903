import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { nodeReader } from './reader.ts';

const folder = mkdtempSync(join(tmpdir(), 'fewbit-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('reads a file of the folder', async () => {
  writeFileSync(join(folder, 'a.bin'), Uint8Array.of(1, 2, 3));
  expect(Array.from(await nodeReader(folder)('a.bin'))).toEqual([1, 2, 3]);
});

test('a missing file is named, with what to do about it', async () => {
  const read = nodeReader(folder, 'Run the script.');
  await expect(read('b.bin')).rejects.toThrow(`${join(folder, 'b.bin')} is missing. Run the script.`);
});

test('a file that is no file is named', async () => {
  await expect(nodeReader(tmpdir())(folder.slice(tmpdir().length + 1))).rejects.toThrow(/cannot be read: .*EISDIR/);
});
