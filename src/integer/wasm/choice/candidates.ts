/** The kernels that are exact for a layer, and of the others why not. */
import type { ActivationParams, QuantizedWeights } from '../../../quant/types.ts';
import { int8Exact, int8Sum16Exact, lookUpExact, type Depth } from './exactness.ts';
import type { IntegerKernel } from '../kernels.ts';
import type { Packing } from '../steps/packing.ts';
import type { EighthBit } from '../host/processor.ts';
import type { CentredWeights } from './workshop.ts';

/** How a kernel would run a layer. */
export type Candidate = {
  readonly kernel: IntegerKernel;
  /** Groups summed before widening, where the kernel widens. */
  readonly depth: number;
  /** Activations are read less 128. */
  readonly flipped: boolean;
};

export type Candidates = {
  readonly exact: readonly Candidate[];
  readonly refused: readonly { readonly kernel: IntegerKernel; readonly why: string }[];
};

export type Abilities = { readonly relaxed: boolean; readonly eighthBit: EighthBit };

/** Fastest first, as measured (docs/engine.md): with VNNI an 8-bit product sum is one instruction, without it three. */
const order = ({ eighthBit }: Abilities): readonly IntegerKernel[] =>
  eighthBit === 'unsigned' || eighthBit === 'signed'
    ? ['lookUp', 'int8', 'int8Sum16', 'int16']
    : ['lookUp', 'int8Sum16', 'int16', 'int8'];

/**
 * In the order of how fast they are likely to be.
 * @param centred the weights of a convolution, or of a classifier, whose input lies on `input`
 */
export function candidatesOf(
  centred: CentredWeights,
  { bits }: QuantizedWeights,
  packing: Packing,
  input: ActivationParams,
  abilities: Abilities,
): Candidates {
  const { relaxed, eighthBit } = abilities;
  const most = input.qmax;
  const verdict = (kernel: IntegerKernel): Depth => {
    if (kernel === 'int16') return { exact: true, depth: 0 };
    if (kernel === 'lookUp') return lookUpExact(centred, packing, most, bits);
    if (!relaxed) return { exact: false, why: 'this engine has no relaxed SIMD' };
    return kernel === 'int8' ? int8Exact(centred, most, eighthBit) : int8Sum16Exact(centred, packing, most, eighthBit);
  };
  const verdicts = order(abilities).map((kernel) => ({ kernel, verdict: verdict(kernel) }));
  return {
    exact: verdicts.flatMap(({ kernel, verdict }) =>
      verdict.exact
        ? [{ kernel, depth: verdict.depth, flipped: kernel === 'int8' && most >= 128 && eighthBit === 'signed' }]
        : [],
    ),
    refused: verdicts.flatMap(({ kernel, verdict }) => (verdict.exact ? [] : [{ kernel, why: verdict.why }])),
  };
}
