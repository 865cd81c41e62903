/**
 * Weights at their true size in an ONNX file: b bits each, unpacked by standard operators.
 *
 * Every input of the unpacking nodes is constant, so a session folds them into int8 (or uint8) constants when it
 * loads, before it fuses DequantizeLinear -> Conv: the file is small and the speed is that of int8. A code is cut into
 * fields of 4, 2 and 1 bits, lowest first, each of them packed by itself; a table of 256 rows has what a byte of them
 * stands for, and the fields, which share no bit, are joined by BitwiseOr. All of it stays in 8 bits but for the tables'
 * indices, because a session keeps every folded intermediate until it has loaded. ONNX's own INT4 would do for 4 bits,
 * but onnxruntime-web's WebGPU build has no Cast from it.
 */
import { TensorProto_DataType as DataType } from 'onnx-buf';
import { pack, packedBytes } from '../../quant/packing.ts';
import { addConstant, addNode, addNodeWithOutputs } from './builder.ts';
import type { LaterData, OnnxBuilder } from './builder.ts';

/** Integers of any shape. */
export type IntegerTensor = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly codes: Int8Array | Uint8Array;
  /** The codes in row-major order; absent: they are in it. */
  readonly inOrder?: () => Int8Array | Uint8Array;
};

/** Bits `shift` to `shift + width - 1` of every code. */
export type Field = { readonly width: 4 | 2 | 1; readonly shift: number };

/** Codes in a row of every field: one byte of the narrowest. */
export const ROW = 8;

/** The fields of a b-bit code, lowest first. */
export function fieldsOf(bits: number): readonly Field[] {
  const widths = [4, 2, 1] as const;
  const used = widths.filter((width) => (bits & width) !== 0);
  return used.map((width, index) => ({ width, shift: used.slice(0, index).reduce((sum, below) => sum + below, 0) }));
}

/** What the file calls all the codes of one width and sign: "int5", "uint3". */
export const rowName = (bits: number, signed: boolean): string => `${signed ? 'int' : 'uint'}${bits}`;

/** What the file calls a packed field of them. */
const fieldName = (row: string, { width }: Field): string => `${row}.field${width}`;

/**
 * Adds constants of b-bit codes, packed, and the nodes that unpack each to int8 (from Int8Array) or uint8 (from
 * Uint8Array) under its own name.
 *
 * @param bits 2 to 7
 * @throws RangeError at a code outside -2^(bits-1) .. 2^(bits-1) - 1 (Int8Array) or 0 .. 2^bits - 1 (Uint8Array)
 */
export function addPackedConstants(builder: OnnxBuilder, tensors: readonly IntegerTensor[], bits: number): void {
  for (const tensor of tensors) requireFit(tensor, bits);
  for (const signed of [true, false]) {
    const alike = tensors.filter(({ codes }) => codes instanceof Int8Array === signed);
    if (alike.length > 0) addFields(builder, alike, bits, signed);
  }
}

/**
 * All the codes as one tensor [rows, 2, 2, 2], then cut into the tensors. One chain serves all: for small networks
 * a chain for each would weigh more than what packing saves.
 */
function addFields(builder: OnnxBuilder, tensors: readonly IntegerTensor[], bits: number, signed: boolean): void {
  const row = rowName(bits, signed);
  const count = tensors.reduce((sum, { codes }) => sum + codes.length, 0);
  const rows = Math.ceil(count / ROW);
  let joinedCodes: Uint8Array | null = null;
  const allCodes = (): Uint8Array => (joinedCodes ??= inARow(tensors, rows * ROW));
  const type = signed ? DataType.INT8 : DataType.UINT8;
  const parts = fieldsOf(bits).map((field) => {
    const packed = {
      byteLength: packedBytes(rows * ROW, field.width),
      dataType: DataType.UINT8,
      bytes: () =>
        pack(
          allCodes().map((code) => (code >> field.shift) & (2 ** field.width - 1)),
          field.width,
        ),
    };
    return addField(
      builder,
      fieldName(row, field),
      field,
      packed,
      rows,
      type,
      signed && field.shift + field.width === bits,
    );
  });
  const joined = parts.reduce((low, high, index) => addNode(builder, 'BitwiseOr', [low, high], `${row}.join${index}`));
  const flat = addNode(
    builder,
    'Reshape',
    [joined, addConstant(builder, 'unpack.flat', [1], BigInt64Array.of(-1n))],
    `${row}.codes`,
  );
  addPieces(builder, flat, tensors, rows * ROW - count);
}

function inARow(tensors: readonly IntegerTensor[], length: number): Uint8Array {
  const row = new Uint8Array(length);
  let at = 0;
  for (const { codes, inOrder = () => codes } of tensors) {
    row.set(inOrder(), at);
    at += codes.length;
  }
  return row;
}

/** One field at its place in 8 bits, [rows, 2, 2, 2]. `top` is a signed code's highest field: it carries the sign. */
function addField(
  builder: OnnxBuilder,
  name: string,
  { width, shift }: Field,
  packed: LaterData,
  rows: number,
  type: DataType,
  top: boolean,
): string {
  const halvings = Math.log2(8 / width);
  const perByte = new Array<number>(halvings).fill(2);
  const bytes = addConstant(builder, name, [rows, ...new Array<number>(3 - halvings).fill(2)], packed);
  const values = addConstant(builder, `${name}.table`, [256, ...perByte], tableOf(width, shift, top), type);
  const indices = addNode(builder, 'Cast', [bytes], `${name}.index`, { to: DataType.INT32 });
  return addNode(builder, 'Gather', [values, indices], `${name}.wide`);
}

/** For every byte, the fields it holds, each at its place; two's complement where the highest is the sign. */
function tableOf(width: Field['width'], shift: number, top: boolean): Uint8Array {
  const perByte = 8 / width;
  return Uint8Array.from({ length: 256 * perByte }, (_, index) => {
    const value = (Math.floor(index / perByte) >> ((index % perByte) * width)) & (2 ** width - 1);
    return (top && value >= 2 ** (width - 1) ? value - 2 ** width : value) << shift;
  });
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
  addNodeWithOutputs(builder, 'Split', [row, split], pieces, { axis: 0 });
  for (const { name, shape } of tensors) {
    const dims = addConstant(builder, `shape.${shape.join('x')}`, [shape.length], BigInt64Array.from(shape, BigInt));
    addNode(builder, 'Reshape', [`${name}.flat`, dims], name);
  }
}

function requireFit({ name, codes }: IntegerTensor, bits: number): void {
  const [least, most] = codes instanceof Int8Array ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
  // A loop: find calls its function for each of millions of codes.
  for (let i = 0; i < codes.length; i++) {
    if (codes[i] < least || codes[i] > most)
      throw new RangeError(`${name}: code ${codes[i]} does not fit ${bits} bits.`);
  }
}
