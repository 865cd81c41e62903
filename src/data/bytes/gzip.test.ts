import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gunzip } from './gzip.ts';
import { randomFor } from '../../base/shuffle.ts';

const random = randomFor(11);
const noise = Uint8Array.from({ length: 200_000 }, () => random() * 256);
const zipped = new Uint8Array(gzipSync(noise));

describe('gunzip', () => {
  test('gives back what was compressed, up to exactly the bound', async () => {
    expect(Buffer.compare(await gunzip(zipped, 'noise.gz', noise.length), noise)).toBe(0);
  });

  test('gives back what is decompressed already', async () => {
    const plain = Uint8Array.of(9, 0x8b, 1);
    expect(await gunzip(plain, 'plain.gz', 3)).toBe(plain);
    expect(await gunzip(new Uint8Array(), 'empty.gz', 3)).toHaveLength(0);
  });

  test.each([2, 9, 10, 11, 1000, zipped.length - 9, zipped.length - 8, zipped.length - 1])(
    'refuses a file cut to %i bytes',
    async (length) => {
      await expect(gunzip(zipped.slice(0, length), 'cut.gz', noise.length)).rejects.toThrow(
        'cut.gz is damaged or cut short',
      );
    },
  );

  test('refuses or still reads rightly a file with one byte changed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(zipped.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const damaged = zipped.slice();
        damaged[at] ^= flip;
        const outcome = await gunzip(damaged, 'damaged.gz', noise.length).catch((error: Error) => error.message);
        if (typeof outcome === 'string') expect(outcome).toMatch(/^damaged\.gz (is damaged|holds more)/);
        // The first two bytes make it a gzip file at all; some header bytes (time, system) mean nothing to the content.
        else if (at > 1) expect(Buffer.compare(outcome, noise)).toBe(0);
      }),
      { numRuns: 60, seed: 5 },
    );
  });

  test('refuses what holds more than the bound, a bomb too', async () => {
    const bomb = new Uint8Array(gzipSync(new Uint8Array(50_000_000)));
    expect(bomb.length).toBeLessThan(60_000);
    await expect(gunzip(bomb, 'bomb.gz', 1000)).rejects.toThrow('bomb.gz holds more than the 1000 bytes expected');
    await expect(gunzip(zipped, 'noise.gz', noise.length - 1)).rejects.toThrow('holds more than');
    await expect(gunzip(new Uint8Array(6), 'plain.gz', 5)).rejects.toThrow('holds more than');
  });
});
