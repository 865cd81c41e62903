import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NamedArray } from '../graph/types.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';

const FILE = 'model.safetensors';

const array = (shape: readonly number[], values: readonly number[]): NamedArray => ({
  shape,
  data: Float32Array.from(values),
});

/** A file of any header and data, well-formed or not. */
function fileOf(header: unknown, dataBytes = 0, length?: bigint): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + json.length + dataBytes);
  new DataView(file.buffer).setBigUint64(0, length ?? BigInt(json.length), true);
  file.set(json, 8);
  return file;
}

const tensor = (changes: Record<string, unknown> = {}) => ({
  dtype: 'F32',
  shape: [2],
  data_offsets: [0, 8],
  ...changes,
});

describe('reading and writing', () => {
  const tensors = new Map([
    ['conv.weight', array([2, 1, 1, 2], [1, -0.5, 65504, 2 ** -24])],
    ['bn.running_var', array([2], [1e-9, 70000])],
    ['scalar', array([], [3])],
    ['nothing', array([0, 4], [])],
  ]);
  const metadata = { format: 'pt', source: 'tests, "quoted", \u00e9' };

  test.each(['F32', 'F16'] as const)('%s survives the way out and back', (dtype) => {
    const file = writeSafetensors(tensors, { dtype, metadata });
    expect(readSafetensors(file, FILE)).toEqual({ tensors, metadata });
    expect(readSafetensors(file.buffer, FILE).tensors).toEqual(tensors);
  });

  test('F16 halves kernels and leaves vectors alone', () => {
    const bytes = (dtype: 'F32' | 'F16') => writeSafetensors(tensors, { dtype }).length;
    expect(bytes('F32') - bytes('F16')).toBe(8);
    const rounded = readSafetensors(writeSafetensors(new Map([['k', array([1, 1], [0.1])]]), { dtype: 'F16' }), FILE);
    expect(rounded.tensors.get('k')?.data[0]).toBe(0.0999755859375);
  });

  test('data begins at a multiple of 8 bytes', () => {
    for (const name of ['a', 'ab', 'abc', 'abcd', 'abcdefgh']) {
      const file = writeSafetensors(new Map([[name, array([1], [1])]]), { dtype: 'F32' });
      expect(file.length % 8).toBe(4);
    }
  });

  test('any arrays under any names survive', () => {
    const arrays = fc.dictionary(
      fc.string().filter((name) => name !== '__metadata__'),
      fc.array(fc.float(), { maxLength: 20 }),
      { maxKeys: 8 },
    );
    fc.assert(
      fc.property(arrays, fc.dictionary(fc.string(), fc.string()), (named, notes) => {
        const before = new Map(Object.entries(named).map(([name, values]) => [name, array([values.length], values)]));
        const after = readSafetensors(writeSafetensors(before, { dtype: 'F32', metadata: notes }), FILE);
        expect(new Map(after.tensors)).toEqual(before);
        expect(Object.entries(after.metadata)).toEqual(Object.entries(notes));
      }),
      { seed: 3 },
    );
  });

  test('reads data at an odd offset, and a file that is part of a longer buffer', () => {
    const odd = fileOf(`${JSON.stringify({ a: tensor() })} `, 8);
    expect((odd.length - 8) % 4).not.toBe(0);
    odd.set(new Uint8Array(Float32Array.of(1, 2).buffer), odd.length - 8);
    const longer = new Uint8Array(odd.length + 3);
    longer.set(odd, 3);
    expect(readSafetensors(longer.subarray(3), FILE).tensors).toEqual(new Map([['a', array([2], [1, 2])]]));
  });

  test('an ignored tensor may be of another dtype, but not out of place', () => {
    const counter = (begin: number) => ({ dtype: 'I64', shape: [], data_offsets: [begin, begin + 8] });
    const ignore = (name: string): boolean => name === 'count';
    const { tensors: read } = readSafetensors(fileOf({ a: tensor(), count: counter(8) }, 16), FILE, ignore);
    expect([...read.keys()]).toEqual(['a']);
    expect(() => readSafetensors(fileOf({ a: tensor(), count: counter(8) }, 16), FILE)).toThrow(/count is I64/);
    expect(() => readSafetensors(fileOf({ a: tensor(), count: counter(9) }, 17), FILE, ignore)).toThrow(/no tensor/);
  });

  test('refuses to write what could not be read back', () => {
    const write = (name: string, broken: NamedArray) => () =>
      writeSafetensors(new Map([[name, broken]]), { dtype: 'F16' });
    expect(write('a', array([3], [1]))).toThrow(/a has 1 values, but shape \[3\]/);
    expect(write('__metadata__', array([1], [1]))).toThrow(/cannot be called __metadata__/);
    expect(write('a', array([1, 2], [0, -65520]))).toThrow(/a holds -65520, which is too large for F16/);
  });
});

describe('a corrupt file is refused with a sentence that names it', () => {
  test.each<[string, Uint8Array<ArrayBuffer>, RegExp]>([
    ['an empty file', new Uint8Array(0), /0 bytes, fewer than the 8/],
    ['a file of 7 bytes', new Uint8Array(7), /7 bytes, fewer than the 8/],
    ['an empty header', new Uint8Array(8), /header is not JSON/],
    ['a header longer than the file', fileOf('{}', 0, 3n), /should have 3 bytes, but only 2 follow/],
    ['a header above the limit', fileOf('{}', 0, 100_000_001n), /above the limit/],
    ['a header of 2^64 - 1 bytes', fileOf('{}', 0, 2n ** 64n - 1n), /above the limit/],
    ['a page of HTML', new TextEncoder().encode('<!DOCTYPE html><title>404</title>'), /above the limit/],
    ['a header that is not JSON', fileOf('{"a": '), /header is not JSON/],
    ['a header that is not UTF-8', fileOf('{}').map((byte, i) => (i === 9 ? 0xff : byte)), /header is not JSON/],
    ['a header that is a list', fileOf('[]'), /not a JSON object/],
    ['a header that is null', fileOf('null'), /not a JSON object/],
    ['a tensor that is a number', fileOf({ a: 1 }), /tensor a has no description/],
    ['an unknown dtype', fileOf({ a: tensor({ dtype: 'F31' }) }, 8), /a has the unknown dtype "F31"/],
    ['a dtype that is a method', fileOf({ a: tensor({ dtype: 'toString' }) }, 8), /a has the unknown dtype/],
    ['no dtype', fileOf({ a: tensor({ dtype: undefined }) }, 8), /a has the unknown dtype/],
    [
      'an unsupported dtype',
      fileOf({ a: tensor({ dtype: 'F8_E4M3', shape: [8] }) }, 8),
      /a is F8_E4M3; only F32 and F16/,
    ],
    ['a negative shape', fileOf({ a: tensor({ shape: [-2] }) }, 8), /a has the impossible shape \[-2\]/],
    ['two negative sizes', fileOf({ a: tensor({ shape: [-2, -1] }) }, 8), /a has the impossible shape/],
    ['a fractional shape', fileOf({ a: tensor({ shape: [0.5, 4] }) }, 8), /a has the impossible shape/],
    ['no shape', fileOf({ a: tensor({ shape: null }) }, 8), /a has the impossible shape null/],
    ['a huge shape', fileOf({ a: tensor({ shape: [2 ** 50, 2 ** 50] }) }, 8), /a, F32 .* takes 5\.\S+ bytes/],
    ['a shape that overflows', fileOf({ a: tensor({ shape: Array(40).fill(2 ** 52) }) }, 8), /a, F32 \[45035996/],
    ['a shape for fewer bytes', fileOf({ a: tensor({ shape: [1] }) }, 8), /takes 4 bytes, but its offsets span 8/],
    ['one offset', fileOf({ a: tensor({ data_offsets: [0] }) }, 8), /a has the impossible offsets/],
    ['offsets in reverse', fileOf({ a: tensor({ data_offsets: [8, 0] }) }, 8), /a has the impossible offsets/],
    ['a negative offset', fileOf({ a: tensor({ data_offsets: [-8, 0] }) }, 8), /a has the impossible offsets/],
    ['truncated data', fileOf({ a: tensor() }, 7), /a ends at byte 8 of the data, but the file has only 7/],
    ['a tensor far past the end', fileOf({ a: tensor({ shape: [2 ** 40], data_offsets: [0, 2 ** 42] }) }), /a ends at/],
    ['an overlap', fileOf({ a: tensor(), b: tensor({ data_offsets: [4, 12] }) }, 12), /b begins at byte 4 .* overlaps/],
    ['a hole', fileOf({ a: tensor(), b: tensor({ data_offsets: [9, 17] }) }, 17), /1 bytes before tensor b/],
    ['bytes at the end', fileOf({ a: tensor() }, 9), /1 bytes at its end belong to no tensor/],
    ['metadata that is a list', fileOf({ __metadata__: [] }), /__metadata__ is not an object/],
    ['metadata of numbers', fileOf({ __metadata__: { mean: 0.5 } }), /not a string: mean/],
  ])('%s', (_, file, message) => {
    const read = () => readSafetensors(file, FILE);
    expect(read).toThrow(message);
    expect(read).toThrow(/^model\.safetensors cannot be read as safetensors: .*\. Download it again/s);
  });

  test('a long name does not make a long message', () => {
    const read = () => readSafetensors(fileOf({ ['x'.repeat(1e6)]: 1 }), FILE);
    expect(read).toThrow(/^.{0,450}$/);
  });
});

describe('damaged bytes', () => {
  const whole = writeSafetensors(
    new Map([
      [
        'conv1.weight',
        array(
          [2, 1, 3, 3],
          Array.from({ length: 18 }, (_, i) => i / 7),
        ),
      ],
      ['bn1.weight', array([2], [1, 2])],
      ['fc.bias', array([3], [3, 4, 5])],
    ]),
    { dtype: 'F16', metadata: { architecture: 'resnet20', mean: '[0.5,0.5,0.5]' } },
  );
  const headerEnd = 8 + Number(new DataView(whole.buffer).getBigUint64(0, true));

  /** Reads it, or throws an Error that names the file; never anything larger than the file's own values. */
  function readOrRefuse(file: Uint8Array<ArrayBuffer>): boolean {
    try {
      const { tensors } = readSafetensors(file, FILE);
      const values = [...tensors.values()].reduce((total, { data }) => total + data.length, 0);
      expect(values).toBeLessThanOrEqual(file.length);
      for (const { shape, data } of tensors.values()) expect(data.length).toBe(shape.reduce((a, b) => a * b, 1));
      return true;
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith(FILE)) throw error;
      return false;
    }
  }

  test('every truncation is refused', () => {
    for (let length = 0; length < whole.length; length++) expect(readOrRefuse(whole.slice(0, length))).toBe(false);
    expect(readOrRefuse(whole)).toBe(true);
  });

  test('flipped bytes are read or refused', () => {
    const flip = fc.record({ at: fc.nat(whole.length - 1), to: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(flip, { minLength: 1, maxLength: 6 }), (flips) => {
        const file = whole.slice();
        for (const { at, to } of flips) file[at] = to;
        const onlyData = flips.every(({ at }) => at >= headerEnd);
        const read = readOrRefuse(file);
        if (onlyData) expect(read).toBe(true);
      }),
      { seed: 4, numRuns: 3000 },
    );
  });

  test('flipped digits of shapes, offsets and dtypes are read or refused', () => {
    const header = [...whole.subarray(0, headerEnd)];
    const digits = header.flatMap((byte, at) => (byte >= 48 && byte <= 57 ? [at] : []));
    const flip = fc.record({ at: fc.constantFrom(...digits), to: fc.constantFrom(...'0123456789-.e]') });
    fc.assert(
      fc.property(fc.array(flip, { minLength: 1, maxLength: 3 }), (flips) => {
        const file = whole.slice();
        for (const { at, to } of flips) file[at] = to.charCodeAt(0);
        readOrRefuse(file);
      }),
      { seed: 5, numRuns: 3000 },
    );
  });

  test('any bytes at all are refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(readOrRefuse(Uint8Array.from(bytes))).toBe(false);
      }),
      { seed: 6, numRuns: 1000 },
    );
  });
});
