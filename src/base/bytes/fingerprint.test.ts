import { expect, test } from 'vitest';
import { fingerprint } from './fingerprint.ts';

test('any other bit, order or length is another fingerprint; the same content is the same', () => {
  const bytes = Uint8Array.from({ length: 103 }, (_, i) => i * 7);
  const own = fingerprint([bytes]);
  expect(fingerprint([bytes.slice()])).toBe(own);
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const other = bytes.slice();
    other[bit >> 3] ^= 1 << (bit & 7);
    expect(fingerprint([other]), `bit ${bit}`).not.toBe(own);
  }
  expect(fingerprint([bytes, Uint8Array.of(0)])).not.toBe(own);
  expect(fingerprint([bytes.subarray(1), bytes])).not.toBe(fingerprint([bytes, bytes.subarray(1)]));
  expect(fingerprint([])).not.toBe(fingerprint([new Uint8Array(0)]));
});
