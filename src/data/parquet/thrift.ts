/**
 * A struct in Thrift's compact protocol, walked through before hyparquet decodes it: the library makes a list as long as the
 * file says it is, and goes as deep. https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */

const [STOP, TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, STRUCT] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12];

/** Structs of Parquet lie in each other 6 deep. */
const DEEPEST = 24;
/** Bytes of a number of 64 bits, 7 bits each. */
const LONGEST_NUMBER = 10;

type Walk = { readonly bytes: Uint8Array; at: number; values: number; readonly most: number };

const fault = (): Error => new Error('It has a header that is none.');

function byte(walk: Walk): number {
  if (walk.at >= walk.bytes.length) throw fault();
  return walk.bytes[walk.at++];
}

/** A number without a sign; of one beyond 53 bits only that it is large. */
function varint(walk: Walk): number {
  let [value, scale] = [0, 1];
  for (let length = 0; length < LONGEST_NUMBER; length++) {
    const next = byte(walk);
    value += (next & 0x7f) * scale;
    if (next < 0x80) return value;
    scale *= 128;
  }
  throw fault();
}

function skip(walk: Walk, count: number): void {
  if (count > walk.bytes.length - walk.at) throw fault();
  walk.at += count;
}

function list(walk: Walk, depth: number): void {
  const head = byte(walk);
  const count = head >> 4 === 15 ? varint(walk) : head >> 4;
  // Each of them takes a byte at least.
  if (count > walk.bytes.length - walk.at) throw fault();
  const type = head & 15;
  for (let i = 0; i < count; i++) value(walk, type === TRUE || type === FALSE ? BYTE : type, depth);
}

function value(walk: Walk, type: number, depth: number): void {
  if (++walk.values > walk.most || depth > DEEPEST) throw fault();
  if (type === TRUE || type === FALSE) return;
  if (type === BYTE) skip(walk, 1);
  else if (type === I16 || type === I32 || type === I64) varint(walk);
  else if (type === DOUBLE) skip(walk, 8);
  else if (type === BINARY) skip(walk, varint(walk));
  else if (type === LIST) list(walk, depth + 1);
  else if (type === STRUCT) struct(walk, depth + 1);
  else throw fault();
}

function struct(walk: Walk, depth: number): void {
  for (let head = byte(walk); (head & 15) !== STOP; head = byte(walk)) {
    if (head >> 4 === 0) varint(walk);
    value(walk, head & 15, depth);
  }
}

/**
 * @param most values in it, lists' and structs' included
 * @returns where the struct that begins at `start` ends
 * @throws where it does not end within the bytes, or is larger or deeper than any of Parquet's
 */
export function structEnd(bytes: Uint8Array, start: number, most: number): number {
  const walk: Walk = { bytes, at: start, values: 0, most };
  struct(walk, 0);
  return walk.at;
}
