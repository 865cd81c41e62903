/** Layers that have no place in the graph: what each belongs to, so that its owner knows what to bring. */
import { describeLayer, type Layer } from './config.ts';

/** The sentence that refuses a layer. */
export function refusalOf(layer: Layer): Error {
  const is =
    OTHERS.find(([pattern]) => pattern.test(layer.className))?.[1] ??
    'has no place in the networks that are measured here';
  return new Error(
    `the layer ${describeLayer(layer)} cannot be imported: it ${is}. Bring a network of convolutions (plain, depthwise or separable), batch norms, ReLUs, additions, pools and dense layers, as Teachable Machine's image models are.`,
  );
}

const OTHERS: readonly (readonly [RegExp, string])[] = [
  [/RNN|LSTM|GRU|Bidirectional|TimeDistributed/, 'reads sequences (a recurrent network), not single pictures'],
  [/Embedding|TextVectorization/, 'reads text'],
  [/1D$/, 'reads sequences, as sound or text are'],
  [/3D$/, 'reads volumes or videos'],
  [/Concatenate/, 'joins branches, as DenseNet and Inception do'],
  [/Multiply|Dot/, 'multiplies branches, as squeeze and excitation does'],
  [/LeakyReLU|PReLU|ELU|ThresholdedReLU/, 'lets something below zero through, which a ReLU does not'],
  [/Transpose/, 'makes images larger, as networks that draw do'],
  [/Lambda|TFOpLambda|Operation/, 'is code of its own'],
];
