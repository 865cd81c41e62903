/**
 * The values of a page, each within it: how many there are is known before, and nothing the page says makes them more.
 * https://parquet.apache.org/docs/file-format/data-pages/encodings/
 */
import { byteStreamSplit } from 'hyparquet/src/encoding.js';
import { readDeltas } from './deltas.ts';
import { readRuns, tooShort } from './runs.ts';

/** Whole numbers: labels. Byte strings: pictures. */
export type Values = readonly number[] | readonly Uint8Array[];
export type ValueType = 'INT32' | 'INT64' | 'BYTE_ARRAY';

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function plainBytes(page: Uint8Array, count: number): Uint8Array[] {
  const view = viewOf(page);
  let at = 0;
  return Array.from({ length: count }, () => {
    if (at + 4 > page.length) throw tooShort();
    const start = at + 4;
    at = start + view.getUint32(at, true);
    if (at > page.length) throw tooShort();
    return page.subarray(start, at);
  });
}

function plainNumbers(page: Uint8Array, type: ValueType, count: number): number[] {
  const wide = type === 'INT32' ? 4 : 8;
  if (count * wide > page.length) throw tooShort();
  const view = viewOf(page);
  return Array.from({ length: count }, (_, i) =>
    type === 'INT32' ? view.getInt32(4 * i, true) : Number(view.getBigInt64(8 * i, true)),
  );
}

/** Byte strings one after the other behind their lengths. */
function joinedBytes(page: Uint8Array, count: number): Uint8Array[] {
  const lengths = readDeltas(page, 0, count, 32);
  let at = lengths.end;
  return lengths.values.map((length) => {
    const start = at;
    at += length;
    if (!(length >= 0 && at <= page.length)) throw tooShort();
    return page.subarray(start, at);
  });
}

/** Byte strings that begin as the one before; `most` bytes in all, for each may be as long as all before. */
function sharedBytes(page: Uint8Array, count: number, most: number): Uint8Array[] {
  const shared = readDeltas(page, 0, count, 32);
  const own = readDeltas(page, shared.end, count, 32);
  let [at, room] = [own.end, most];
  let before = new Uint8Array();
  return own.values.map((length, i) => {
    const prefix = shared.values[i];
    room -= prefix + length;
    if (!(length >= 0 && prefix >= 0 && prefix <= before.length && at + length <= page.length)) throw tooShort();
    if (room < 0) throw new Error('A page unpacks to more than is held at once.');
    const value = new Uint8Array(prefix + length);
    value.set(before.subarray(0, prefix));
    value.set(page.subarray(at, at + length), prefix);
    at += length;
    return (before = value);
  });
}

export const plain = (page: Uint8Array, type: ValueType, count: number): Values =>
  type === 'BYTE_ARRAY' ? plainBytes(page, count) : plainNumbers(page, type, count);

function fromDictionary(page: Uint8Array, dictionary: Values | null, count: number): Values {
  if (dictionary === null) throw new Error('A page is without its dictionary.');
  if (count === 0) return [];
  if (page.length === 0) throw tooShort();
  const places = readRuns(page.subarray(1), page[0], count);
  if (places.some((place) => place >= dictionary.length)) throw new Error('A page goes beyond its dictionary.');
  return Array.from(places, (place) => dictionary[place]) as number[] | Uint8Array[];
}

/**
 * @param page behind its levels, unpacked
 * @param count its values without nulls
 * @param most bytes that they may take in all
 * @returns null: the encoding is not read
 * @throws where the page does not hold them
 */
export function valuesOf(
  page: Uint8Array,
  type: ValueType,
  encoding: string,
  count: number,
  dictionary: Values | null,
  most: number,
): Values | null {
  if (encoding === 'PLAIN') return plain(page, type, count);
  if (encoding === 'RLE_DICTIONARY' || encoding === 'PLAIN_DICTIONARY') return fromDictionary(page, dictionary, count);
  if (type === 'BYTE_ARRAY') {
    if (encoding === 'DELTA_LENGTH_BYTE_ARRAY') return joinedBytes(page, count);
    if (encoding === 'DELTA_BYTE_ARRAY') return sharedBytes(page, count, most);
  } else {
    if (encoding === 'DELTA_BINARY_PACKED') return readDeltas(page, 0, count, type === 'INT32' ? 32 : 64).values;
    if (encoding === 'BYTE_STREAM_SPLIT')
      return Array.from(byteStreamSplit({ view: viewOf(page), offset: 0 }, count, type, undefined), Number);
  }
  return null;
}
