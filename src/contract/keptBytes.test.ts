import { expect, test } from 'vitest';
import { keptBytes } from './keptBytes.ts';

test('what an import keeps is told from what is known before it', () => {
  expect(keptBytes(60_000, null, 32)).toBe(184_320_000);
  // An archive of 78 MB with so many photos was kept as 609.
  expect(keptBytes(7925, 78_404_433)).toBe(810_252_000);
  expect(keptBytes(100, 100 * 900), 'small pictures are kept as pixels').toBe(1_228_800);
});
