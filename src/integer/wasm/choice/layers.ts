/** Which kernel runs each layer of a network. */
import { lookUp } from '../../../base/lookUp.ts';
import type { TensorName } from '../../../graph/types.ts';
import type { Plan } from '../plan.ts';
import { packingOf } from '../steps/convStep.ts';
import { windowOf, type Network } from '../steps/layers.ts';
import type { Weighted } from '../steps/records.ts';
import { SLICE_MS, type LayerChoice, type OpenOptions, type SliceOptions } from '../types.ts';
import { candidatesOf, type Abilities } from './candidates.ts';
import { choose } from './choose.ts';
import { stopwatch } from './stopwatch.ts';
import { theWorkshop } from './workshop.ts';

/** Most that the choice of kernels may take when a network is opened. */
const TIMING_MS = 120;

export type Chosen = Pick<Weighted, 'window' | 'packing' | 'choice'>;

export type Choices = {
  /** Layers with weights by name, in the graph's order. */
  readonly chosen: ReadonlyMap<TensorName, Chosen>;
  readonly layers: readonly LayerChoice[];
};

/** @throws what a pause throws */
export async function chooseKernels(
  network: Network,
  plan: Plan,
  abilities: Abilities,
  how: NonNullable<OpenOptions['choose']>,
  slices?: SliceOptions,
): Promise<Choices> {
  const elementBytes = network.kind === 'integer' ? 1 : 4;
  const layers: LayerChoice[] = [];
  const chosen = new Map<TensorName, Chosen>();
  const workshop = theWorkshop();
  const timer = stopwatch(abilities.relaxed, how === 'known' ? 0 : TIMING_MS);
  let since = performance.now();
  for (const node of network.graph.nodes) {
    if (slices && performance.now() - since >= (slices.sliceMs ?? SLICE_MS)) {
      await slices.pause();
      since = performance.now();
    }
    const window = windowOf(node, network.graph);
    if (!window) continue;
    const [input, output] = [window.input, window.name].map((tensor) => lookUp(plan.tensors, tensor, 'place'));
    const packing = packingOf(window, input, elementBytes);
    if (window.isDepthwise) {
      chosen.set(node.name, { window, packing, choice: null });
      layers.push({ name: node.name, kernel: 'depthwise', why: 'each channel by its own window, eight side by side' });
      continue;
    }
    if (network.kind === 'float32') {
      chosen.set(node.name, { window, packing, choice: null });
      layers.push({
        name: node.name,
        kernel: 'float32',
        why: abilities.relaxed ? 'multiply and add in one instruction' : 'multiply, then add',
      });
      continue;
    }
    const weights = network.weightsOf(node.name);
    const grid = network.gridOf(window.input);
    const candidates = candidatesOf(workshop(weights, packing), weights, packing, grid, abilities);
    const { candidate, why } = choose(candidates, how, { window, packing, input, output }, timer);
    chosen.set(node.name, { window, packing, choice: candidate });
    layers.push({ name: node.name, kernel: candidate.kernel, why });
  }
  return { chosen, layers };
}
