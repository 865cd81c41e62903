import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joinBytes } from './joinBytes.ts';

test('bytes and lists of numbers stand one after another, whatever their lengths', () =>
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.uint8Array(), fc.array(fc.nat(255)))), (parts) => {
      expect([...joinBytes(parts)]).toEqual(parts.flatMap((part) => [...part]));
    }),
  ));
