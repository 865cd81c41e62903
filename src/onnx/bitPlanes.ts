/**
 * Weights at their true size in an ONNX file: b bit planes in a uint8 initializer, unpacked by standard operators.
 *
 * ONNX has no 3-, 5-, 6- or 7-bit type. Every input of the unpacking nodes is constant, so a session folds them
 * into int8 (or uint8) constants when it loads, before it fuses DequantizeLinear -> Conv: the file is small and the
 * speed is that of int8.
 */
import { addConstant, addNode, addNodeWithOutputs } from './builder.ts';
import type { OnnxBuilder } from './builder.ts';

/** Integers in row-major order, of any shape. */
export type IntegerTensor = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly codes: Int8Array | Uint8Array;
};

/** Unpacking takes some 10 bytes of memory a weight and bit while it folds: about 40 MB for this many at 4 bits. */
const LARGEST_GROUP = 2 ** 20;

/** TensorProto.DataType, as Cast's `to` takes it. */
const UINT8 = 2;
const INT8 = 3;
const INT32 = 6;

/**
 * Splits levels into bit planes, least significant first: bit j of level k + 8i is bit k of byte i of plane j.
 *
 * @param levels 0 .. 2^bits - 1
 * @returns [bits, ceil(levels.length / 8)]
 * @throws RangeError at a level that does not fit
 */
export function packBitPlanes(levels: Uint8Array, bits: number): Uint8Array {
  const planeBytes = Math.ceil(levels.length / 8);
  const planes = new Uint8Array(bits * planeBytes);
  levels.forEach((level, index) => {
    if (level >= 1 << bits) throw new RangeError(`Level ${level} does not fit ${bits} bits.`);
    for (let plane = 0; plane < bits; plane++) {
      planes[plane * planeBytes + (index >> 3)] |= ((level >> plane) & 1) << (index & 7);
    }
  });
  return planes;
}

/**
 * Adds constants of b-bit codes, packed, and the nodes that unpack each to int8 (from Int8Array) or uint8 (from
 * Uint8Array) under its own name. Neighbours share one unpacking chain, up to LARGEST_GROUP codes.
 *
 * @throws RangeError at a code outside -2^(bits-1) .. 2^(bits-1) - 1, or 0 .. 2^bits - 1 when unsigned
 */
export function addPackedConstants(builder: OnnxBuilder, tensors: readonly IntegerTensor[], bits: number): void {
  for (const signed of [true, false]) {
    let group: IntegerTensor[] = [];
    let count = 0;
    let groups = 0;
    for (const tensor of tensors.filter(({ codes }) => codes instanceof Int8Array === signed)) {
      if (group.length > 0 && count + tensor.codes.length > LARGEST_GROUP) {
        addGroup(builder, `${signed ? 'int' : 'uint'}${bits}.${groups++}`, group, bits, signed);
        [group, count] = [[], 0];
      }
      group.push(tensor);
      count += tensor.codes.length;
    }
    if (group.length > 0) addGroup(builder, `${signed ? 'int' : 'uint'}${bits}.${groups}`, group, bits, signed);
  }
}

function addGroup(
  builder: OnnxBuilder,
  name: string,
  tensors: readonly IntegerTensor[],
  bits: number,
  signed: boolean,
): void {
  const count = tensors.reduce((sum, { codes }) => sum + codes.length, 0);
  const planeBytes = Math.ceil(count / 8);
  const offset = signed ? 1 << (bits - 1) : 0;
  const levels = new Uint8Array(count);
  let start = 0;
  for (const { codes } of tensors) {
    for (const code of codes) levels[start++] = code + offset;
  }
  const planes = addConstant(builder, `${name}.planes`, [bits, planeBytes, 1], packBitPlanes(levels, bits));
  const bitOfByte = addConstant(builder, 'unpack.bit', [8], Uint8Array.from({ length: 8 }, (_, bit) => bit));
  const one = addConstant(builder, 'unpack.one', [], Uint8Array.of(1));
  const planeOf = Uint8Array.from({ length: bits }, (_, plane) => plane);
  const significance = addConstant(builder, `unpack.plane${bits}`, [bits, 1, 1], planeOf);
  const planeAxis = addConstant(builder, 'unpack.axis', [1], BigInt64Array.of(0n));
  const flatShape = addConstant(builder, 'unpack.flat', [1], BigInt64Array.of(-1n));

  const shifted = addNode(builder, 'BitShift', [planes, bitOfByte], `${name}.shifted`, { direction: 'RIGHT' });
  const single = addNode(builder, 'BitwiseAnd', [shifted, one], `${name}.bits`);
  const weighted = addNode(builder, 'BitShift', [single, significance], `${name}.weighted`, { direction: 'LEFT' });
  const wide = addNode(builder, 'Cast', [weighted], `${name}.wide`, { to: INT32 });
  const sum = addNode(builder, 'ReduceSum', [wide, planeAxis], `${name}.levels`, { keepdims: 0 });
  const zero = addConstant(builder, `unpack.offset${offset}`, [], Int32Array.of(offset));
  const centred = addNode(builder, 'Sub', [sum, zero], `${name}.centred`);
  const narrow = addNode(builder, 'Cast', [centred], `${name}.narrow`, { to: signed ? INT8 : UINT8 });
  const flat = addNode(builder, 'Reshape', [narrow, flatShape], `${name}.flat`);

  const sizes = tensors.map(({ codes }) => codes.length);
  const pieces = tensors.map(({ name: tensor }) => `${tensor}.flat`);
  if (planeBytes * 8 > count) {
    sizes.push(planeBytes * 8 - count);
    pieces.push(`${name}.padding`);
  }
  const split = addConstant(builder, `${name}.sizes`, [sizes.length], BigInt64Array.from(sizes, BigInt));
  addNodeWithOutputs(builder, 'Split', [flat, split], pieces);
  for (const { name: tensor, shape } of tensors) {
    const dims = addConstant(builder, `shape.${shape.join('x')}`, [shape.length], BigInt64Array.from(shape, BigInt));
    addNode(builder, 'Reshape', [`${tensor}.flat`, dims], tensor);
  }
}
