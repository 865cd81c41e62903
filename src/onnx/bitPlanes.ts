/**
 * Weights at their true size in an ONNX file: b bit planes in a uint8 initializer, unpacked by standard operators.
 *
 * ONNX has no 3-, 5-, 6- or 7-bit type. Every input of the unpacking nodes is constant, so a session folds them
 * into one int8 (or uint8) constant when it loads, before it fuses DequantizeLinear -> Conv: the file is small
 * and the speed is that of int8.
 */
import { addConstant, addNode } from './builder.ts';
import type { OnnxBuilder } from './builder.ts';

/**
 * Splits codes into bit planes, least significant first: bit j of code k + 8i lies in byte i of plane j at bit k.
 *
 * @param codes integers of which `code + offset` is 0 .. 2^bits - 1
 * @returns [bits, ceil(codes.length / 8)]
 */
export function packBitPlanes(codes: Int8Array | Uint8Array, bits: number, offset: number): Uint8Array {
  const planeBytes = Math.ceil(codes.length / 8);
  const planes = new Uint8Array(bits * planeBytes);
  for (let index = 0; index < codes.length; index++) {
    const level = codes[index] + offset;
    if (level < 0 || level >= 1 << bits) throw new Error(`packBitPlanes: code ${codes[index]} does not fit ${bits} bits`);
    const byte = index >> 3;
    for (let plane = 0; plane < bits; plane++) {
      planes[plane * planeBytes + byte] |= ((level >> plane) & 1) << (index & 7);
    }
  }
  return planes;
}

/**
 * Adds a constant held as bit planes, and the nodes that unpack it to int8 (Int8Array) or uint8 (Uint8Array).
 *
 * @param shape of the unpacked tensor, whose elements are `codes` in row-major order
 * @returns the name of the unpacked tensor
 */
export function addPackedConstant(
  builder: OnnxBuilder,
  name: string,
  shape: readonly number[],
  codes: Int8Array | Uint8Array,
  bits: number,
): string {
  const signed = codes instanceof Int8Array;
  const offset = signed ? 1 << (bits - 1) : 0;
  const planeBytes = Math.ceil(codes.length / 8);
  const planes = addConstant(builder, `${name}.planes`, [bits, planeBytes, 1], packBitPlanes(codes, bits, offset));

  const bitOfByte = addConstant(builder, 'unpack.bit', [8], Uint8Array.from({ length: 8 }, (_, bit) => bit));
  const one = addConstant(builder, 'unpack.one', [], Uint8Array.of(1));
  const planeOf = Uint8Array.from({ length: bits }, (_, plane) => plane);
  const significance = addConstant(builder, `unpack.plane${bits}`, [bits, 1, 1], planeOf);
  const planeAxis = addConstant(builder, 'unpack.axis', [1], BigInt64Array.of(0n));

  const shifted = addNode(builder, 'BitShift', `${name}.u1`, [planes, bitOfByte], { direction: 'RIGHT' });
  const single = addNode(builder, 'BitwiseAnd', `${name}.u2`, [shifted, one]);
  const weighted = addNode(builder, 'BitShift', `${name}.u3`, [single, significance], { direction: 'LEFT' });
  const wide = addNode(builder, 'Cast', `${name}.u4`, [weighted], { to: INT32 });
  let levels = addNode(builder, 'ReduceSum', `${name}.u5`, [wide, planeAxis], { keepdims: 0 });
  if (signed) {
    const zero = addConstant(builder, `unpack.offset${bits}`, [], Int32Array.of(offset));
    levels = addNode(builder, 'Sub', `${name}.u6`, [levels, zero]);
  }
  let narrow = addNode(builder, 'Cast', `${name}.u7`, [levels], { to: signed ? INT8 : UINT8 });
  if (codes.length % 8 !== 0) {
    const flat = addConstant(builder, 'unpack.flat', [1], BigInt64Array.of(-1n));
    const start = addConstant(builder, 'unpack.start', [1], BigInt64Array.of(0n));
    const end = addConstant(builder, `${name}.length`, [1], BigInt64Array.of(BigInt(codes.length)));
    narrow = addNode(builder, 'Reshape', `${name}.u8`, [narrow, flat]);
    narrow = addNode(builder, 'Slice', `${name}.u9`, [narrow, start, end]);
  }
  const dims = addConstant(builder, `${name}.shape`, [shape.length], BigInt64Array.from(shape, BigInt));
  return addNode(builder, 'Reshape', name, [narrow, dims]);
}

/** TensorProto.DataType, as Cast's `to` takes it. */
const UINT8 = 2;
const INT8 = 3;
const INT32 = 6;
