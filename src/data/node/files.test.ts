/** Folders on disk: what is read of them, and what is only counted. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { bmp } from '../testing/pictures.ts';
import { surveyInputs } from '../trees/survey.ts';
import { nodeInputs } from './files.ts';

const folder = mkdtempSync(join(tmpdir(), 'fewbit-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('symbolic links are not followed, and counted as left out', async () => {
  for (const [place, name] of ['cat', 'dog'].entries()) {
    mkdirSync(join(folder, name));
    for (let i = 0; i < 5; i++) {
      const picture = bmp(4, 4, 24);
      picture[54 + i] ^= 1 + place;
      writeFileSync(join(folder, name, `${i}.bmp`), picture);
    }
  }
  symlinkSync(join(folder, 'cat', '0.bmp'), join(folder, 'dog', 'link.bmp'));
  symlinkSync(join(folder, 'cat'), join(folder, 'owl'));
  symlinkSync(folder, join(folder, 'dog', 'round'));
  const { layout } = await surveyInputs(await nodeInputs(folder), { seed: 1, published: false });
  expect(layout?.classes).toEqual([
    { name: 'cat', train: 4, test: 1 },
    { name: 'dog', train: 4, test: 1 },
  ]);
  expect(layout?.leftOut).toMatchObject([{ reason: 'symbolic link', count: 3 }]);
});
