import { describe, expect, test } from 'vitest';
import { faultyPage } from './pages.ts';

/** A field of a Thrift struct in its compact form: 32-bit integers, the next field's number. */
const i32 = (value: number): number[] => [0x15, (value << 1) ^ (value >> 31)];

type Page = {
  readonly size?: number;
  readonly values?: number;
  readonly nulls?: number;
  readonly repetition?: boolean;
};

/** One DATA_PAGE_V2 of 10 bytes, its header as parquet.thrift has it. */
function page({ size = 10, values = 3, nulls = 0, repetition = true }: Page = {}): number[] {
  const v2 = [...i32(values), ...i32(nulls), ...i32(values), ...i32(0), ...i32(2), ...(repetition ? i32(0) : [])];
  return [...i32(3), ...i32(size), ...i32(size), 0x5c, ...v2, 0, 0, ...new Array<number>(10).fill(0)];
}

const faultOf = (...pages: number[][]): string | null => faultyPage(Uint8Array.from(pages.flat()), 3 * pages.length);

describe('pages of a column', () => {
  test('are passed where their headers are whole', () => {
    expect(faultOf(page())).toBeNull();
    expect(faultOf(page(), page())).toBeNull();
  });

  test('without the length of their levels would be read for ever', () => {
    expect(faultOf(page(), page({ repetition: false }))).toBe('a page that does not say where its values begin');
  });

  test('of impossible sizes and counts are named', () => {
    expect(faultOf(page({ size: -1 }))).toBe('a page of an impossible size');
    expect(faultOf(page({ size: 11 }))).toBe('a page of an impossible size');
    expect(faultOf(page({ values: 60 }))).toBe('a page of an impossible number of values');
    expect(faultOf(page({ nulls: 4 }))).toBe('a page of an impossible number of values');
  });

  test('whose header is cut short are refused', () => {
    expect(() => faultyPage(Uint8Array.from(page().slice(0, 12)), 3)).toThrow();
  });
});
