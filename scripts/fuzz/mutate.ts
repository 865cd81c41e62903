/** Mutators: small wrongs, done to bytes as damage does them, or to a value as somebody who means harm does. */
import { joinBytes } from '../../src/base/bytes/joinBytes.ts';
import type { Random } from '../../src/base/random.ts';

export const below = (random: Random, end: number): number => Math.min(end - 1, Math.floor(random() * end));
export const pick = <T>(random: Random, list: readonly T[]): T => list[below(random, list.length)];

/** Numbers at which readers break: edges of integer types, what is no size, what is no number. */
const NUMBERS: readonly number[] = [
  ...[0, -0, 1, -1, 2, 7, 127, 128, 255, 256, 32767, 65535, 65536, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32],
  ...[Number.MAX_SAFE_INTEGER, 2 ** 53, 1e15, 1e308, Infinity, -Infinity, NaN, 0.5, 1e-40, -1e-3, -(2 ** 31)],
];

const TEXTS: readonly string[] = [
  ...['', ' ', '0', '-1', '1e999', 'NaN', 'null', '__proto__', 'constructor', 'toString', '../../etc/passwd', 'a/b'],
  ...['\u202egnp.exe', 'a\u200b', '\ud800', 'e\u0301', '=1+1', '<b>', '\u0000', '\n', '%s', '💥', 'name', 'C:\\con'],
  ...['x'.repeat(300), 'y/'.repeat(2000), '['.repeat(5000), '9'.repeat(400), 'z'.repeat(100_000)],
];

function edited(bytes: Uint8Array, edit: (copy: Uint8Array) => void): Uint8Array {
  const copy = bytes.slice();
  edit(copy);
  return copy;
}

function piece(bytes: Uint8Array, random: Random): readonly [from: number, to: number] {
  const from = below(random, bytes.length + 1);
  const longest = random() < 0.2 ? bytes.length : 64;
  return [from, Math.min(bytes.length, from + below(random, longest + 1))];
}

/** Damage; `other` is a file of the same kind or of another. */
type ByteMutator = (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

const BYTE_MUTATORS: readonly ByteMutator[] = [
  function flipBit(bytes, random) {
    return edited(bytes, (copy) => (copy[below(random, copy.length)] ^= 1 << below(random, 8)));
  },
  function setByte(bytes, random) {
    return edited(bytes, (copy) => (copy[below(random, copy.length)] = pick(random, [0, 1, 127, 128, 254, 255])));
  },
  /** A number of 1 to 8 bytes, of either order: sizes and places are such. */
  function setNumber(bytes, random) {
    const width = pick(random, [2, 4, 8]);
    const value = pick(random, NUMBERS);
    if (bytes.length < width) return bytes;
    return edited(bytes, (copy) => {
      const view = new DataView(copy.buffer, copy.byteOffset, copy.length);
      const at = below(random, copy.length - width + 1);
      const little = random() < 0.5;
      const whole = Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0xffff_ffff_ffffn;
      if (width === 8) view.setBigUint64(at, BigInt.asUintN(64, whole), little);
      else if (width === 4) view.setUint32(at, Number(BigInt.asUintN(32, whole)), little);
      else view.setUint16(at, Number(BigInt.asUintN(16, whole)), little);
    });
  },
  function setFloat(bytes, random) {
    if (bytes.length < 4) return bytes;
    return edited(bytes, (copy) => {
      const at = below(random, copy.length - 3) & ~3;
      new DataView(copy.buffer, copy.byteOffset, copy.length).setFloat32(at, pick(random, NUMBERS), true);
    });
  },
  function noise(bytes, random) {
    const [from, to] = piece(bytes, random);
    return edited(bytes, (copy) => {
      for (let at = from; at < to; at++) copy[at] = below(random, 256);
    });
  },
  function fill(bytes, random) {
    const [from, to] = piece(bytes, random);
    return edited(bytes, (copy) => copy.fill(pick(random, [0, 255, 32, 48]), from, to));
  },
  function cut(bytes, random) {
    return bytes.slice(0, below(random, bytes.length + 1));
  },
  function remove(bytes, random) {
    const [from, to] = piece(bytes, random);
    return joinBytes([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  function double(bytes, random) {
    const [from, to] = piece(bytes, random);
    const times = random() < 0.1 ? 1000 : 1;
    return joinBytes([
      bytes.subarray(0, to),
      ...Array<Uint8Array>(times).fill(bytes.subarray(from, Math.min(to, from + 64))),
      bytes.subarray(to),
    ]);
  },
  function move(bytes, random) {
    const [from, to] = piece(bytes, random);
    const at = below(random, bytes.length + 1);
    return edited(bytes, (copy) => copy.copyWithin(at, from, to));
  },
  function splice(bytes, random, other) {
    const [from, to] = piece(other, random);
    const at = below(random, bytes.length + 1);
    return joinBytes([bytes.subarray(0, at), other.subarray(from, to), bytes.subarray(at)]);
  },
  /** Digits in text are sizes, places, counts. */
  function digits(bytes, random) {
    const text = new TextDecoder('latin1').decode(bytes);
    const found = [...text.matchAll(/-?\d+(?:\.\d+)?/g)];
    if (found.length === 0) return bytes;
    const { 0: old, index } = pick(random, found);
    const fresh = new TextEncoder().encode(pick(random, [...NUMBERS.map(String), '1e999', '00', '-']));
    return joinBytes([bytes.subarray(0, index), fresh, bytes.subarray(index + old.length)]);
  },
];

/** One to six of the mutators, one after the other. */
export function mutatedBytes(bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  let result = bytes;
  for (let left = 1 + below(random, random() < 0.7 ? 2 : 6); left > 0; left--) {
    if (result.length === 0) return result;
    result = pick(random, BYTE_MUTATORS)(result, random, other);
  }
  return result;
}

type Slot = { readonly get: () => unknown; readonly set: (value: unknown) => void; readonly remove?: () => void };

function slotsOf(value: unknown, found: Slot[], depth = 0): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || depth > 12) return;
  const inside = value as Record<string, unknown>;
  for (const key of Object.keys(inside)) {
    if (key === '$typeName' || key === '$unknown') continue;
    found.push({
      get: () => inside[key],
      set: (fresh) => (inside[key] = fresh),
      remove: () => (Array.isArray(inside) ? inside.splice(Number(key), 1) : Reflect.deleteProperty(inside, key)),
    });
    slotsOf(inside[key], found, depth + 1);
  }
}

/** Another value of the same kind: a schema still takes it. */
function ofKind(value: unknown, random: Random, all: readonly unknown[]): unknown {
  if (typeof value === 'number') return random() < 0.3 ? value + pick(random, [-1, 1]) : pick(random, NUMBERS);
  if (typeof value === 'bigint') {
    const number = pick(random, NUMBERS);
    return Number.isFinite(number) ? BigInt(Math.trunc(number)) : 2n ** 62n;
  }
  if (typeof value === 'string') {
    const texts = all.filter((each) => typeof each === 'string');
    return random() < 0.5 ? pick(random, texts) : pick(random, TEXTS);
  }
  if (typeof value === 'boolean') return !value;
  if (value instanceof Uint8Array)
    return value.length === 0 ? new Uint8Array(3) : mutatedBytes(value, random, new Uint8Array(9).fill(255));
  if (value instanceof Float32Array)
    return Float32Array.from(value, (each) => (random() < 0.1 ? pick(random, NUMBERS) : each));
  if (!Array.isArray(value)) return value;
  if (value.length === 0) return value;
  const one = structuredClone(pick(random, value) as unknown);
  const way = random();
  if (way < 0.3) return [...(value as unknown[]), one];
  if (way < 0.5) return (value as unknown[]).slice(0, below(random, value.length));
  if (way < 0.6) return [...(value as unknown[])].reverse();
  return (value as unknown[]).map((each) => (random() < 0.3 ? ofKind(each, random, all) : each));
}

const ANY: readonly unknown[] = [null, [], {}, true, '', 0, -1, [null], { length: 3 }, 'x'];

/**
 * A copy of the value with one to four of its parts changed, left out or exchanged.
 * @param typed parts keep their kind, for encoders that take no other
 */
export function mutatedTree<T>(value: T, random: Random, typed: boolean): T {
  const copy = structuredClone(value);
  for (let left = 1 + below(random, 4); left > 0; left--) {
    const slots: Slot[] = [];
    slotsOf(copy, slots);
    if (slots.length === 0) return copy;
    const slot = pick(random, slots);
    const all = slots.map(({ get }) => get());
    const way = random();
    if (!typed && way < 0.15) slot.set(pick(random, ANY));
    else if (!typed && way < 0.25) slot.remove?.();
    else slot.set(ofKind(slot.get(), random, all));
  }
  return copy;
}
