/**
 * Safetensors files: a little-endian u64 header length, a JSON header, the data.
 * https://huggingface.co/docs/safetensors#format
 */
import { joinBytes } from '../base/bytes/joinBytes.ts';
import { alive } from '../base/work/life.ts';
import { elementCount } from '../graph/arrays.ts';
import type { NamedArray } from '../graph/types.ts';
import { plainText } from '../base/plainText.ts';
import { decodeBfloat16, decodeFloat16, encodeFloat16 } from '../base/float16.ts';

/** What a safetensors file holds: its tensors in the order of their data, and its `__metadata__`. */
export type SafetensorsFile = {
  readonly tensors: Map<string, NamedArray>;
  readonly metadata: Record<string, string>;
};

/** One tensor's entry in the header; offsets count from the first byte after the header. */
type Entry = {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
};

const LENGTH_BYTES = 8;
/** The reference implementation's limit. */
const MAX_HEADER_BYTES = 100_000_000;
/** A hundred times those of a network of a hundred layers; each costs time before any name of it can be judged. */
const MAX_TENSORS = 20_000;
/** A corrupt header's names and shapes can be megabytes long. */
const MAX_PROBLEM_CHARACTERS = 300;
const METADATA = '__metadata__';

/** Bytes of one element, for all that the format defines in whole bytes; only floats of 2 to 8 bytes are decoded. */
const ITEM_BYTES: Readonly<Record<string, number>> = Object.freeze({
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
});

/**
 * Reads a whole file; F16, BF16 and F64 become float32.
 * @param ignore tensors to leave undecoded and out of the result, by name and shape; their places are checked too
 * @throws Error naming the file, and the tensor where it is one, if the file is anything but a whole, well-formed
 * safetensors file in which every other tensor is one of these
 */
export function readSafetensors(
  bytes: ArrayBuffer | Uint8Array<ArrayBuffer>,
  fileName: string,
  ignore: (tensorName: string, tensor: { readonly dtype: string; readonly shape: readonly number[] }) => boolean = () =>
    false,
): SafetensorsFile {
  const file = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  const refuse = refusal(fileName);
  const dataStart = LENGTH_BYTES + headerLength(file, refuse);
  const { [METADATA]: metadata, ...descriptions } = parseHeader(file.subarray(LENGTH_BYTES, dataStart), refuse);
  const data = file.subarray(dataStart);
  const entries = Object.entries(descriptions)
    .map(([name, description]) => toEntry(name, description, refuse))
    .sort((one, other) => one.begin - other.begin || one.end - other.end);
  requireContiguous(entries, data.length, refuse);

  const wanted = entries.filter((entry) => !ignore(entry.name, entry));
  return {
    tensors: new Map(wanted.map((entry) => [entry.name, { shape: entry.shape, data: decode(entry, data, refuse) }])),
    metadata: toMetadata(metadata, refuse),
  };
}

/**
 * Writes a file. With dtype F16 only kernels (two axes or more) are halved: vectors (biases, batch norms) are few, and
 * a running variance can be outside half precision's range.
 * @throws Error naming the tensor if its data and shape disagree, a kernel's value is too large for F16, or it is
 * called `__metadata__`
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, NamedArray>,
  { dtype, metadata = {} }: { readonly dtype: 'F32' | 'F16'; readonly metadata?: Readonly<Record<string, string>> },
): Uint8Array<ArrayBuffer> {
  const header: [string, unknown][] = [[METADATA, metadata]];
  const chunks: Uint8Array[] = [];
  let offset = 0;
  for (const [name, { shape, data }] of tensors) {
    if (name === METADATA) throw new Error(`A tensor cannot be called ${METADATA}.`);
    if (data.length !== elementCount(shape))
      throw new Error(`${name} has ${data.length} values, but shape [${shape}].`);
    const half = dtype === 'F16' && shape.length > 1;
    const stored = half ? halve(name, data) : data;
    chunks.push(new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength));
    const end = offset + stored.byteLength;
    header.push([name, { dtype: half ? 'F16' : 'F32', shape, data_offsets: [offset, end] }]);
    offset = end;
  }
  return joinBytes([encodeHeader(Object.fromEntries(header)), ...chunks]);
}

/** What its `__metadata__` says; nothing of its tensors is read. @throws Error as readSafetensors where the header is damaged */
export function safetensorsMetadata(file: Uint8Array<ArrayBuffer>, fileName: string): Readonly<Record<string, string>> {
  const refuse = refusal(fileName);
  const header = file.subarray(LENGTH_BYTES, LENGTH_BYTES + headerLength(file, refuse));
  return toMetadata(parseHeader(header, refuse)[METADATA], refuse);
}

/**
 * The file with more in its `__metadata__`; its tensors are the very bytes.
 * @throws Error as readSafetensors where the header is damaged
 */
export function withSafetensorsMetadata(
  file: Uint8Array<ArrayBuffer>,
  fileName: string,
  more: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const refuse = refusal(fileName);
  const dataStart = LENGTH_BYTES + headerLength(file, refuse);
  const header = parseHeader(file.subarray(LENGTH_BYTES, dataStart), refuse);
  const metadata = { ...toMetadata(header[METADATA], refuse), ...more };
  const data = file.subarray(dataStart);
  return joinBytes([encodeHeader({ ...header, [METADATA]: metadata }), data]);
}

type Refuse = (problem: string) => never;

const refusal =
  (fileName: string): Refuse =>
  (problem) => {
    const brief = problem.length > MAX_PROBLEM_CHARACTERS ? `${problem.slice(0, MAX_PROBLEM_CHARACTERS)}...` : problem;
    throw new Error(
      `${fileName} cannot be read as safetensors: ${plainText(brief, 400)} Download it again, or choose another file.`,
    );
  };

function headerLength(file: Uint8Array, refuse: Refuse): number {
  if (file.length < LENGTH_BYTES)
    refuse(`it has ${file.length} bytes, fewer than the ${LENGTH_BYTES} it must open with.`);
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES)
    refuse(`its header would have ${length} bytes, above the limit of ${MAX_HEADER_BYTES}.`);
  if (length > file.length - LENGTH_BYTES)
    refuse(`its header should have ${length} bytes, but only ${file.length - LENGTH_BYTES} follow.`);
  return length;
}

function parseHeader(bytes: Uint8Array, refuse: Refuse): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    refuse(`its header is not JSON (${error instanceof Error ? error.message : String(error)}).`);
  }
  if (!isRecord(header)) return refuse('its header is not a JSON object.');
  const count = Object.keys(header).length;
  if (count > MAX_TENSORS)
    refuse(`it holds ${count} tensors, and no network that Fewbit reads has more than ${MAX_TENSORS}.`);
  return header;
}

function toEntry(name: string, description: unknown, refuse: Refuse): Entry {
  if (!isRecord(description)) return refuse(`tensor ${name} has no description in the header.`);
  const { dtype, shape, data_offsets: offsets } = description;
  if (typeof dtype !== 'string' || !Object.hasOwn(ITEM_BYTES, dtype))
    return refuse(`tensor ${name} has the unknown dtype ${JSON.stringify(dtype) ?? 'missing'}.`);
  if (!isSizes(shape)) return refuse(`tensor ${name} has the impossible shape ${JSON.stringify(shape) ?? 'missing'}.`);
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0] > offsets[1])
    return refuse(`tensor ${name} has the impossible offsets ${JSON.stringify(offsets) ?? 'missing'}.`);
  const [begin, end] = offsets;
  const expected = elementCount(shape) * ITEM_BYTES[dtype];
  if (end - begin !== expected)
    return refuse(`tensor ${name}, ${dtype} [${shape}], takes ${expected} bytes, but its offsets span ${end - begin}.`);
  return { name, dtype, shape, begin, end };
}

/** The format allows no holes, no overlaps and nothing after the last tensor. */
function requireContiguous(entries: readonly Entry[], dataBytes: number, refuse: Refuse): void {
  let covered = 0;
  for (const { name, begin, end } of entries) {
    if (begin < covered) refuse(`tensor ${name} begins at byte ${begin} of the data and overlaps the one before it.`);
    if (begin > covered) refuse(`${begin - covered} bytes before tensor ${name} belong to no tensor.`);
    if (end > dataBytes) refuse(`tensor ${name} ends at byte ${end} of the data, but the file has only ${dataBytes}.`);
    covered = end;
  }
  if (covered < dataBytes) refuse(`${dataBytes - covered} bytes at its end belong to no tensor.`);
}

function decode({ name, dtype, begin, end }: Entry, data: Uint8Array, refuse: Refuse): Float32Array {
  alive();
  // A copy, because the data of a file need not be aligned.
  if (dtype === 'F32') return new Float32Array(data.slice(begin, end).buffer);
  if (dtype === 'F16') return decodeFloat16(new Uint16Array(data.slice(begin, end).buffer));
  if (dtype === 'BF16') return decodeBfloat16(new Uint16Array(data.slice(begin, end).buffer));
  if (dtype === 'F64') return Float32Array.from(new Float64Array(data.slice(begin, end).buffer));
  return refuse(`tensor ${name} is ${dtype}; only F32 and F16, BF16 and F64 are supported.`);
}

function toMetadata(metadata: unknown, refuse: Refuse): Record<string, string> {
  if (metadata === undefined) return {};
  if (!isRecord(metadata)) return refuse(`its ${METADATA} is not an object.`);
  return Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => [
      key,
      typeof value === 'string' ? value : refuse(`its ${METADATA} has a value that is not a string: ${key}.`),
    ]),
  );
}

function halve(name: string, data: Float32Array): Uint16Array {
  const tooLarge = data.find((value) => Number.isFinite(value) && Math.abs(value) >= 65520);
  if (tooLarge !== undefined) throw new Error(`${name} holds ${tooLarge}, which is too large for F16: write F32.`);
  return encodeFloat16(data);
}

/** Length and JSON, padded with spaces to a multiple of 8 bytes so that the data is aligned. */
function encodeHeader(header: Record<string, unknown>): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const padded = new Uint8Array(LENGTH_BYTES + Math.ceil(json.length / 8) * 8).fill(0x20);
  new DataView(padded.buffer).setBigUint64(0, BigInt(padded.length - LENGTH_BYTES), true);
  padded.set(json, LENGTH_BYTES);
  return padded;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
