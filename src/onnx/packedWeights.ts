/**
 * Weights at their true size in an ONNX file: b bits each, unpacked by standard operators.
 *
 * Every input of the unpacking nodes is constant, so a session folds them into int8 (or uint8) constants when it
 * loads, before it fuses DequantizeLinear -> Conv: the file is small and the speed is that of int8. 4 bits are a type
 * of ONNX's own; for 2, 3, 5, 6 and 7, which are not, the file holds bit planes.
 */
import { TensorProto_DataType as DataType } from 'onnx-buf';
import { pack } from '../quant/packing.ts';
import { addConstant, addNode, addNodeWithOutputs } from './builder.ts';
import type { OnnxBuilder } from './builder.ts';

/** Integers in row-major order, of any shape. */
export type IntegerTensor = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly codes: Int8Array | Uint8Array;
};

/**
 * Adds constants of b-bit codes, packed, and the nodes that unpack each to int8 (from Int8Array) or uint8 (from
 * Uint8Array) under its own name.
 *
 * @param bits 2 to 7
 * @throws RangeError at a code outside -2^(bits-1) .. 2^(bits-1) - 1 (Int8Array) or 0 .. 2^bits - 1 (Uint8Array)
 */
export function addPackedConstants(builder: OnnxBuilder, tensors: readonly IntegerTensor[], bits: number): void {
  if (bits === 4) return tensors.forEach((tensor) => addNibbles(builder, tensor));
  for (const signed of [true, false]) {
    const alike = tensors.filter(({ codes }) => codes instanceof Int8Array === signed);
    if (alike.length > 0) addBitPlanes(builder, alike, bits, signed);
  }
}

/**
 * Splits levels into bit planes, least significant first: bit j of level 8i + k is bit k of byte i of plane j.
 *
 * @param levels 0 .. 2^bits - 1
 * @returns [bits, ceil(levels.length / 8)]
 */
export function packBitPlanes(levels: Uint8Array, bits: number): Uint8Array {
  const planeBytes = Math.ceil(levels.length / 8);
  const planes = new Uint8Array(bits * planeBytes);
  for (let plane = 0; plane < bits; plane++) {
    for (let index = 0; index < levels.length; index++) {
      planes[plane * planeBytes + (index >> 3)] |= ((levels[index] >> plane) & 1) << (index & 7);
    }
  }
  return planes;
}

/** INT4 or UINT4, the first code in the low half of a byte, then Cast. */
function addNibbles(builder: OnnxBuilder, { name, shape, codes }: IntegerTensor): void {
  const [narrow, wide] =
    codes instanceof Int8Array ? [DataType.INT4, DataType.INT8] : [DataType.UINT4, DataType.UINT8];
  const packed = addConstant(builder, `${name}.packed`, shape, pack(codes, 4), narrow);
  addNode(builder, 'Cast', [packed], name, { to: wide });
}

/**
 * All the codes in one row of bits for each plane; a row vector of the planes' significances times that matrix gives
 * the levels, less an offset the codes. One chain serves all tensors: for small networks the chain would weigh more
 * than what packing saves.
 */
function addBitPlanes(builder: OnnxBuilder, tensors: readonly IntegerTensor[], bits: number, signed: boolean): void {
  const name = `${signed ? 'int' : 'uint'}${bits}`;
  const levels = concatenatedLevels(tensors, bits, signed);
  const planeBytes = Math.ceil(levels.length / 8);
  const planes = addConstant(builder, `${name}.planes`, [bits, planeBytes, 1], packBitPlanes(levels, bits));
  const positions = addConstant(builder, 'unpack.positions', [8], Uint8Array.from({ length: 8 }, (_, k) => k));
  const one = addConstant(builder, 'unpack.one', [], Uint8Array.of(1));
  const matrix = addConstant(builder, `${name}.matrix`, [2], BigInt64Array.of(BigInt(bits), -1n));
  const powers = Uint8Array.from({ length: bits }, (_, plane) => 2 ** plane);
  const significances = addConstant(builder, `${name}.significances`, [1, bits], powers);
  const offset = addConstant(builder, `${name}.offset`, [], Int32Array.of(offsetOf(bits, signed)));

  const shifted = addNode(builder, 'BitShift', [planes, positions], `${name}.shifted`, { direction: 'RIGHT' });
  const single = addNode(builder, 'BitwiseAnd', [shifted, one], `${name}.single`);
  const rows = addNode(builder, 'Reshape', [single, matrix], `${name}.rows`);
  const wide = addNode(builder, 'MatMulInteger', [significances, rows], `${name}.levels`);
  const centred = addNode(builder, 'Sub', [wide, offset], `${name}.centred`);
  const narrow = addNode(builder, 'Cast', [centred], `${name}.codes`, { to: signed ? DataType.INT8 : DataType.UINT8 });
  addPieces(builder, narrow, tensors, planeBytes * 8 - levels.length);
}

/** Cuts the row of all codes into the tensors, and `padding` codes that nothing reads. */
function addPieces(builder: OnnxBuilder, row: string, tensors: readonly IntegerTensor[], padding: number): void {
  const sizes = tensors.map(({ codes }) => codes.length);
  const pieces = tensors.map(({ name }) => `${name}.flat`);
  if (padding > 0) {
    sizes.push(padding);
    pieces.push(`${row}.padding`);
  }
  const split = addConstant(builder, `${row}.sizes`, [sizes.length], BigInt64Array.from(sizes, BigInt));
  addNodeWithOutputs(builder, 'Split', [row, split], pieces, { axis: 1 });
  for (const { name, shape } of tensors) {
    const dims = addConstant(builder, `shape.${shape.join('x')}`, [shape.length], BigInt64Array.from(shape, BigInt));
    addNode(builder, 'Reshape', [`${name}.flat`, dims], name);
  }
}

function concatenatedLevels(tensors: readonly IntegerTensor[], bits: number, signed: boolean): Uint8Array {
  const offset = offsetOf(bits, signed);
  const levels = new Uint8Array(tensors.reduce((sum, { codes }) => sum + codes.length, 0));
  let index = 0;
  for (const { name, codes } of tensors) {
    for (const code of codes) {
      const level = code + offset;
      if (level < 0 || level >= 2 ** bits) throw new RangeError(`${name}: code ${code} does not fit ${bits} bits.`);
      levels[index++] = level;
    }
  }
  return levels;
}

function offsetOf(bits: number, signed: boolean): number {
  return signed ? 2 ** (bits - 1) : 0;
}
