import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSha256 } from './sha256.ts';

test("gives Node's digest, however the bytes are cut", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.array(fc.nat(400), { maxLength: 5 }), (bytes, cuts) => {
      const hash = createSha256();
      let from = 0;
      for (const cut of [...cuts, bytes.length].sort((a, b) => a - b)) {
        hash.update(bytes.subarray(from, cut));
        from = Math.max(from, Math.min(cut, bytes.length));
      }
      expect(hash.digest()).toBe(createHash('sha256').update(bytes).digest('hex'));
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('every length around the block size is padded as it should be', () => {
  for (let length = 0; length < 260; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => i * 7);
    const hash = createSha256();
    hash.update(bytes);
    expect(hash.digest()).toBe(createHash('sha256').update(bytes).digest('hex'));
  }
});
