import { describe, expect, test } from 'vitest';
import { thriftOf } from '../testing/parquets.ts';
import { structEnd } from './thrift.ts';

const of = (...bytes: readonly (number | readonly number[])[]): Uint8Array => Uint8Array.from(bytes.flat());

describe('a struct of Thrift', () => {
  test('ends where it ends', () => {
    const inner = { field_1: 7, field_2: -3n, field_4: 'name', field_9: 0.5 };
    const bytes = thriftOf({ field_1: true, field_3: [inner, inner], field_40: [1, 2, 3], field_41: inner });
    expect(structEnd(bytes, 0, 100)).toBe(bytes.length);
    expect(structEnd(of(9, 9, [...bytes], 1, 2), 2, 100)).toBe(bytes.length + 2);
  });

  test.each([
    ['without an end', of(0x15, 2)],
    ['with text beyond the file', of(0x18, 100, 65, 0)],
    ['with a list longer than the file', of(0x19, 0xf5, 0xff, 0xff, 0xff, 0xff, 0x07, 0)],
    ['with a number that does not end', of(0x16, new Array<number>(12).fill(0x80), 0)],
    ['with lists in lists without end', of(new Array<number>(1000).fill(0x19))],
    ['with structs in structs without end', of(new Array<number>(100_000).fill(0x1c))],
    ['with a map, which Parquet has not', of(0x1b, 0, 0)],
  ])('%s is refused', (_, bytes) => expect(() => structEnd(bytes, 0, 1000)).toThrow('It has a header that is none.'));

  test('of more values than its kind has is refused', () => {
    const empty = thriftOf({ field_1: Array.from({ length: 2000 }, () => ({})) });
    expect(structEnd(empty, 0, 2001)).toBe(empty.length);
    expect(() => structEnd(empty, 0, 2000)).toThrow('It has a header that is none.');
  });
});
