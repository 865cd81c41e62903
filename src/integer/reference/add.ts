/**
 * Addition of two quantized tensors: QLinearAdd.
 *
 * ONNX Runtime has several formulas for it, which part near ties (mlas/lib/qladd.cpp and
 * mlas/lib/intrinsics/avx2/qladd_avx2.cpp): the portable one, which its WebAssembly build runs, and one with fused
 * multiply-adds on x86 with AVX2. (A third, in fixed point, runs on ARM.) Both are here, operation for operation.
 */
import { rne } from '../../base/rounding.ts';
import type { ActivationParams } from '../../quant/types.ts';

const f32 = Math.fround;

/** 'portable': onnxruntime-web's WebAssembly. 'avx2': native ONNX Runtime on x86-64. */
export type AddFormula = 'portable' | 'avx2';

/**
 * Adds tensors of one shape, brings the sum to the output's grid and clamps it; a ReLU is the clamp at qmin. Once there are
 * more sums than pairs of codes, each pair is added once and looked up from then on.
 */
export function addInteger(
  codesA: Uint8Array,
  codesB: Uint8Array,
  a: ActivationParams,
  b: ActivationParams,
  output: ActivationParams,
  formula: AddFormula,
): Uint8Array {
  const add = additionOf(formula, a, b, output);
  const result = new Uint8Array(codesA.length);
  const columns = b.qmax + 1;
  const pairs = (a.qmax + 1) * columns;
  if (result.length <= pairs) {
    for (let i = 0; i < result.length; i++) result[i] = add(codesA[i], codesB[i]);
    return result;
  }
  const sums = Uint8Array.from({ length: pairs }, (_, i) => add(Math.floor(i / columns), i % columns));
  for (let i = 0; i < result.length; i++) result[i] = sums[codesA[i] * columns + codesB[i]];
  return result;
}

/** The code of the sum of two codes. */
export function additionOf(formula: AddFormula, a: ActivationParams, b: ActivationParams, output: ActivationParams) {
  return formula === 'portable' ? portable(a, b, output) : avx2(a, b, output);
}

/** rne((sa * (qa - za) + sb * (qb - zb)) / sc + zc): the zero point goes in before the rounding. */
function portable(a: ActivationParams, b: ActivationParams, { scale, zeroPoint, qmin, qmax }: ActivationParams) {
  return (qa: number, qb: number): number => {
    const real = f32(f32(a.scale * (qa - a.zeroPoint)) + f32(b.scale * (qb - b.zeroPoint)));
    const level = f32(f32(real / scale) + zeroPoint);
    return rne(level < qmin ? qmin : level > qmax ? qmax : level);
  };
}

/** rne(fma(qa, sa / sc, fma(qb, sb / sc, zc - fma(sa / sc, za, sb / sc * zb)))): GCC fuses the constant part, too. */
function avx2(a: ActivationParams, b: ActivationParams, { scale, zeroPoint, qmin, qmax }: ActivationParams) {
  const ratioA = f32(a.scale / scale);
  const ratioB = f32(b.scale / scale);
  const fixed = f32(zeroPoint - fma(ratioA, a.zeroPoint, f32(ratioB * b.zeroPoint)));
  return (qa: number, qb: number): number => {
    const level = rne(fma(qa, ratioA, fma(qb, ratioB, fixed)));
    return level < qmin ? qmin : level > qmax ? qmax : level;
  };
}

/** Fused multiply-add: the product of two float32 is exact in a double, so only the sum rounds. */
function fma(x: number, y: number, z: number): number {
  return f32(x * y + z);
}
