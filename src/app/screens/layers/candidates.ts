/** Which layers are guessed and ranked: those that have weights, or a grid of their own. */
import type { LayerInfo } from '../../../contract/calls/inspect.ts';
import { OPERATORS } from '../../../graph/operators.ts';
import type { Ends } from '../../text/layerRanking.ts';

/** The layers that the ranking has: quantized, and not on the grid of what they read, as a pool's output is. */
export const candidatesOf = (layers: readonly LayerInfo[]): readonly LayerInfo[] =>
  layers.filter(
    ({ kind, quantized }) =>
      (quantized?.weightBits ?? quantized?.activation ?? null) !== null &&
      (kind === 'input' || OPERATORS[kind].grid !== 'input'),
  );

/** The first and the last layer with weights. */
export function endsOf(layers: readonly LayerInfo[]): Ends {
  const names = layers.filter(({ kernelShape }) => kernelShape !== null).map(({ name }) => name);
  return { first: names.at(0) ?? '', last: names.at(-1) ?? '' };
}
