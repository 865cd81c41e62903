/** A weights manifest and its shards to named arrays (TensorFlow.js' io, docs of WeightsManifestConfig). */
import { joinBytes } from '../../base/bytes/joinBytes.ts';
import { decodeFloat16 } from '../../base/float16.ts';
import { elementCount } from '../../graph/arrays.ts';
import type { NamedArray } from '../../graph/types.ts';
import { isRecord, shown, type Config } from './config.ts';

/** Bytes of a value that is stored as it is. */
const BYTES: Readonly<Record<string, number>> = { float32: 4, int32: 4, uint8: 1, bool: 1, float16: 2 };
/** Bytes of one that the converter quantized. */
const QUANTIZED_BYTES: Readonly<Record<string, number>> = { uint8: 1, uint16: 2, float16: 2 };

/** No network of images has more; a manifest of millions of names would keep this busy. */
const MOST_TENSORS = 20_000;
const MOST_AXES = 8;

type Quantization = { readonly dtype: string; readonly scale: number; readonly min: number };

export type Spec = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization: Quantization | null;
  readonly bytes: number;
};

/** The tensors of one group of shards, one after the other in the shards' bytes. */
export type Group = { readonly paths: readonly string[]; readonly specs: readonly Spec[] };

/** @throws Error where it is no manifest, or a tensor has no name, shape or type that it can have */
export function manifestOf(manifest: unknown): readonly Group[] {
  if (!Array.isArray(manifest) || !manifest.every(isRecord))
    throw new Error('its weightsManifest is no list of groups of weights: export the model again.');
  const groups = manifest.map(({ paths, weights }): Group => {
    if (!Array.isArray(paths) || !paths.every((path) => typeof path === 'string') || !Array.isArray(weights))
      throw new Error('a group of its weightsManifest lacks its paths or its weights: export the model again.');
    return { paths, specs: weights.map(specOf) };
  });
  const names = groups.flatMap(({ specs }) => specs.map(({ name }) => name));
  if (names.length > MOST_TENSORS)
    throw new Error(`its manifest names ${names.length} tensors: at most ${MOST_TENSORS} are read.`);
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw new Error(`its manifest names the weight ${shown(name)} twice: export the model again.`);
    seen.add(name);
  }
  return groups;
}

function specOf(spec: unknown): Spec {
  if (!isRecord(spec) || typeof spec.name !== 'string' || spec.name === '')
    throw new Error(
      `an entry of its weightsManifest is ${shown(spec)}, which names no weight: export the model again.`,
    );
  const { name, shape, dtype } = spec;
  const isShape = (list: unknown): list is number[] =>
    Array.isArray(list) &&
    list.length <= MOST_AXES &&
    list.every((size) => Number.isSafeInteger(size) && (size as number) >= 0);
  if (!isShape(shape)) throw new Error(`its weight ${shown(name)} has the shape ${shown(shape)}, which is none.`);
  const quantization = quantizationOf(name, spec.quantization);
  const size = quantization ? QUANTIZED_BYTES[quantization.dtype] : lookUpBytes(name, dtype);
  return { name, shape, dtype: String(dtype), quantization, bytes: size * elementCount(shape) };
}

function lookUpBytes(name: string, dtype: unknown): number {
  if (typeof dtype === 'string' && Object.hasOwn(BYTES, dtype)) return BYTES[dtype];
  throw new Error(
    `its weight ${shown(name)} is of the type ${shown(dtype)}: float32 and the converter's quantized ones can be read.`,
  );
}

function quantizationOf(name: string, given: unknown): Quantization | null {
  if (given === undefined || given === null) return null;
  const { dtype, scale = 1, min = 0 } = isRecord(given) ? given : ({} as Config);
  if (typeof dtype !== 'string' || !Object.hasOwn(QUANTIZED_BYTES, dtype))
    throw new Error(
      `its weight ${shown(name)} is quantized to ${shown(dtype)}: uint8, uint16 and float16 can be read.`,
    );
  if (typeof scale !== 'number' || typeof min !== 'number' || !Number.isFinite(scale) || !Number.isFinite(min))
    throw new Error(
      `its weight ${shown(name)} has the scale ${shown(scale)} and the least value ${shown(min)}, which must be numbers.`,
    );
  return { dtype, scale, min };
}

/**
 * All weights, in float32; sizes are compared with the shards before anything is made.
 * @throws Error naming a shard that is missing, or a group whose shards hold more or less than it says
 */
export function tensorsOf(
  groups: readonly Group[],
  shards: ReadonlyMap<string, Uint8Array>,
): ReadonlyMap<string, NamedArray> {
  return new Map(groups.flatMap((group) => groupTensors(group, shards)));
}

function groupTensors(
  { paths, specs }: Group,
  shards: ReadonlyMap<string, Uint8Array>,
): (readonly [string, NamedArray])[] {
  const parts = paths.map((path) => {
    const part = shards.get(path);
    if (part) return part;
    throw new Error(`its weights lie in ${shown(path)}, which is not here: bring it together with model.json.`);
  });
  const held = parts.reduce((sum, part) => sum + part.length, 0);
  const said = specs.reduce((sum, { bytes }) => sum + bytes, 0);
  if (held !== said)
    throw new Error(
      `${paths.map(shown).slice(0, 3).join(', ')} ${paths.length === 1 ? 'holds' : 'hold'} ${held} bytes, but model.json says ${said}: the files are not of one model, or cut short. Export or download the model again.`,
    );
  const whole = joinBytes(parts);
  let at = 0;
  return specs.map((spec) => {
    const bytes = whole.subarray(at, (at += spec.bytes));
    return [spec.name, { shape: spec.shape, data: valuesOf(spec, bytes) }] as const;
  });
}

/** As tfjs decodes them: a quantized value is code * scale + min, rounded once to float32. */
function valuesOf({ quantization, dtype, shape }: Spec, bytes: Uint8Array): Float32Array {
  const stored = quantization?.dtype ?? dtype;
  if (stored === 'float16') return decodeFloat16(new Uint16Array(bytes.slice().buffer));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const read = READS[stored];
  const { scale, min } = quantization ?? { scale: 1, min: 0 };
  return Float32Array.from({ length: elementCount(shape) }, (_, i) => read(view, i) * scale + min);
}

const READS: Readonly<Record<string, (view: DataView, index: number) => number>> = {
  float32: (view, i) => view.getFloat32(4 * i, true),
  int32: (view, i) => view.getInt32(4 * i, true),
  uint8: (view, i) => view.getUint8(i),
  bool: (view, i) => view.getUint8(i),
  uint16: (view, i) => view.getUint16(2 * i, true),
};
