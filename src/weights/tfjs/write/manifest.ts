/** Weights as TensorFlow.js lays them out: one after another in one file, each described in the manifest. */
import { joinBytes } from '../../../base/bytes/joinBytes.ts';

/** Numbers as they are, or integers q that stand for q * scale + min, as the manifest's `quantization` says it. */
export type Stored = { readonly shape: readonly number[] } & (
  | { readonly data: Float32Array }
  | { readonly integers: Uint8Array | Uint16Array; readonly scale: number; readonly min: number }
);

export type NamedWeight = readonly [name: string, stored: Stored];

const bytesOf = (data: Float32Array | Uint8Array | Uint16Array): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

function entryOf([name, stored]: NamedWeight): object {
  const entry = { name, shape: stored.shape, dtype: 'float32' };
  if ('data' in stored) return entry;
  const { integers, scale, min } = stored;
  const dtype = integers instanceof Uint8Array ? 'uint8' : 'uint16';
  return { ...entry, quantization: { dtype, scale, min, original_dtype: 'float32' } };
}

/** The manifest's entries, and the bytes that they describe (little-endian, as every browser is). */
export function storedWeights(weights: readonly NamedWeight[]): {
  readonly entries: readonly object[];
  readonly bytes: Uint8Array<ArrayBuffer>;
} {
  const parts = weights.map(([, stored]) => bytesOf('data' in stored ? stored.data : stored.integers));
  return { entries: weights.map(entryOf), bytes: joinBytes(parts) };
}
