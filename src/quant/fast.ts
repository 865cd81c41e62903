/** The quantizer's two hot loops in WebAssembly: gridError and affine.ts say what they compute, and tests hold them to it. */
import { affineParams, symmetricParams, type Range } from './affine.ts';
import { QUANT_KERNELS } from './kernels.wasm.ts';
import type { Points } from './ranges/observer.ts';
import type { ErrorPower, Grid } from './ranges/grid.ts';
import { layOut, lazyKernels } from '../base/wasm.ts';

/** What assembly/kernels.ts exports; its comments give the formulas. */
type Kernels = {
  gridError(
    values: number,
    counts: number,
    n: number,
    steps: number,
    low: number,
    high: number,
    stop: number,
    table: number,
  ): number;
  encode(
    x: number,
    rows: number,
    channels: number,
    scale: number,
    zeroPoint: number,
    qmin: number,
    qmax: number,
    codes: number,
  ): void;
};

const open = lazyKernels<Kernels>(QUANT_KERNELS);

/** The table at the bottom of the memory; all else lies above it. */
let table: ErrorPower | null = null;

const tableBytes = ({ packed }: ErrorPower): number => packed.byteLength;

/**
 * {@link gridError} of one set of points for many ranges. The points stay in the kernel's memory until the next call of
 * this function or of {@link encodeFast}: use the result at once.
 */
export function gridErrorsFast(
  points: Points,
  grid: Grid,
  power: ErrorPower,
): (range: Range, limit?: number) => number {
  const { kernels, memory } = open();
  const { values, counts } = points;
  const [tableAt, valuesAt, countsAt] = layOut(memory, [tableBytes(power), values.byteLength, counts.byteLength]);
  if (table !== power) new Float64Array(memory.buffer, tableAt, power.packed.length).set(power.packed);
  table = power;
  new Float32Array(memory.buffer, valuesAt, values.length).set(values);
  new Float64Array(memory.buffer, countsAt, counts.length).set(counts);
  const paramsOf = grid.symmetric ? symmetricParams : affineParams;
  return ({ lo, hi }, limit = Infinity) => {
    const { scale, zeroPoint } = paramsOf(lo, hi, grid.qmin, grid.qmax);
    const unit = scale ** power.exponent;
    return (
      unit *
      kernels.gridError(
        valuesAt,
        countsAt,
        values.length,
        1 / scale,
        grid.qmin - zeroPoint,
        grid.qmax - zeroPoint,
        (limit / unit) * SLACK,
        tableAt,
      )
    );
  };
}

/** An error equal to the limit must not be taken to pass it. */
const SLACK = 1 + 1e-12;

/** Floats that are encoded at a time: in and out they fit the second-level cache. */
const CHUNK = 2 ** 15;

/** Channels of a tensor that has one grid: its scale is repeated. */
const SPLAT = 16;

/**
 * clamp(rne(data / scale) + zeroPoint, qmin, qmax), one scale and zero point for each of the last axis' channels or one
 * for all.
 * @param codes where they go: signed where qmin is negative
 */
export function encodeFast(
  data: Float32Array,
  scale: Float32Array,
  zeroPoint: Int32Array,
  qmin: number,
  qmax: number,
  codes: Int8Array | Uint8Array,
): void {
  const { kernels, memory } = open();
  const channels = scale.length === 1 ? SPLAT : scale.length;
  const chunk = Math.max(1, Math.floor(CHUNK / channels)) * channels;
  const [scaleAt, zeroAt, dataAt, codesAt] = layOut(
    memory,
    [channels * 4, channels * 4, chunk * 4, chunk],
    table ? tableBytes(table) : 0,
  );
  const spread = (values: ArrayLike<number>) =>
    Float32Array.from({ length: channels }, (_, c) => values[c % values.length]);
  new Float32Array(memory.buffer, scaleAt, channels).set(spread(scale));
  new Float32Array(memory.buffer, zeroAt, channels).set(spread(zeroPoint));
  const source = new Float32Array(memory.buffer, dataAt, chunk);
  for (let first = 0; first < data.length; first += chunk) {
    const part = data.subarray(first, first + chunk);
    source.set(part);
    kernels.encode(dataAt, Math.ceil(part.length / channels), channels, scaleAt, zeroAt, qmin, qmax, codesAt);
    codes.set(new (qmin < 0 ? Int8Array : Uint8Array)(memory.buffer, codesAt, part.length), first);
  }
}
