/** Cross-layer equalization: two convolutions share out their channels' ranges (Nagel et al. 2019). */
import { lookUp } from '../../base/lookUp.ts';
import { inputsOf } from '../../graph/shapes.ts';
import type { ConvNode, FloatModel, Graph, NamedArray } from '../../graph/types.ts';
import { requireFolded } from '../calibration.ts';

/** Pairs are gone through until no factor moves, or this often. */
const SWEEPS = 40;

/** Convolutions of which the second alone reads the first, through nothing or a max pool. */
export function equalizablePairs({ nodes }: Graph): (readonly [ConvNode, ConvNode])[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const readers = (name: string) => nodes.filter((node) => inputsOf(node).includes(name));
  return nodes.flatMap((second) => {
    if (second.kind !== 'conv') return [];
    let source = byName.get(second.input);
    while (source?.kind === 'maxPool' && readers(source.name).length === 1) source = byName.get(source.input);
    if (
      source?.kind !== 'conv' ||
      readers(source.name).length !== 1 ||
      (source.name !== second.input && readers(second.input).length !== 1)
    )
      return [];
    return [[source, second] as const];
  });
}

/**
 * The same function with channel i of each pair scaled by s_i = sqrt(r_next,i / r_this,i), its reader by 1 / s_i,
 * where r are the greatest magnitudes of the weights on either side. ReLU lets positive factors through.
 * The activations change: calibrate after this.
 */
export function equalize(model: FloatModel): FloatModel {
  requireFolded(model.graph);
  const weights = new Map<string, NamedArray>(
    [...model.weights].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]),
  );
  const dataOf = (name: string) => lookUp(weights, name, 'array').data;
  const pairs = equalizablePairs(model.graph);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let moved = 0;
    for (const [first, second] of pairs) {
      const factors = factorsOf(
        dataOf(`${first.name}.kernel`),
        dataOf(`${second.name}.kernel`),
        first.outChannels,
        second.outChannels,
      );
      scaleBy(dataOf(`${first.name}.kernel`), (i) => factors[i % first.outChannels]);
      scaleBy(dataOf(`${first.name}.bias`), (i) => factors[i]);
      scaleBy(
        dataOf(`${second.name}.kernel`),
        (i) => 1 / factors[Math.floor(i / second.outChannels) % second.inChannels],
      );
      moved = Math.max(moved, ...factors.map((factor) => Math.abs(factor - 1)));
    }
    if (moved < 1e-3) break;
  }
  return { ...model, weights };
}

/** 1 where either side of a channel is all zero. */
function factorsOf(first: Float32Array, second: Float32Array, shared: number, out: number): number[] {
  const writes = new Float64Array(shared);
  const reads = new Float64Array(shared);
  first.forEach((w, i) => (writes[i % shared] = Math.max(writes[i % shared], Math.abs(w))));
  second.forEach((w, i) => {
    const channel = Math.floor(i / out) % shared;
    reads[channel] = Math.max(reads[channel], Math.abs(w));
  });
  return Array.from(writes, (r, i) => (r > 0 && reads[i] > 0 ? Math.sqrt(reads[i] / r) : 1));
}

function scaleBy(data: Float32Array, factorAt: (i: number) => number): void {
  for (let i = 0; i < data.length; i++) data[i] *= factorAt(i);
}
