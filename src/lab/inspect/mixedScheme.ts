/** A scheme whose weights have the bits that a budget buys where they matter most. */
import { assignBits, paretoFront, type Assignment, type LayerChoices } from '../../calibrate/mixed.ts';
import { isWeighted } from '../../graph/shapes.ts';
import { lookUp } from '../../base/lookUp.ts';
import type { TensorName } from '../../graph/types.ts';
import { weightBitsOf } from '../../quant/schemes.ts';
import { BITS, type Bits, type QuantScheme } from '../../quant/types.ts';
import { measureEffects } from './effects.ts';
import type { Trial } from './trials.ts';
import type { Stages } from '../stages/stages.ts';
import type { RunSettings } from '../../contract/run.ts';
import type { Control } from '../../contract/progress.ts';

/** What each layer costs at each bitwidth: a measurement that any budget can be spent by. */
export type LayerCosts = {
  readonly layers: readonly LayerChoices[];
  /** Training images that it was measured on. */
  readonly images: number;
};

export type Mixed = {
  readonly scheme: QuantScheme;
  readonly assignment: Assignment;
};

/** Training images that the layers' costs are measured on: never those that accuracy is measured on. */
export const PROBE_IMAGES = 64;

const FRONT_POINTS = 50;

/**
 * For every layer and bitwidth the divergence of the output with that layer's weights alone quantized. Layers that
 * `firstLastBits` fixes have that one choice.
 * @param settings PTQ settings; their scheme's weightBits, repairs and exceptions are left aside
 * @param wanted training images, fewer where there are fewer
 */
export async function measureCosts(
  stages: Stages,
  settings: RunSettings,
  control: Control = {},
  wanted = PROBE_IMAGES,
): Promise<LayerCosts> {
  const { scheme } = settings;
  if (!scheme) throw new Error('Mixed precision needs a scheme to start from.');
  const { model, dataset } = await stages.subject(settings);
  const nodes = model.graph.nodes.filter(isWeighted);
  const trials: (Trial & { readonly layer: TensorName; readonly bits: Bits })[] = [];
  for (const bits of BITS) {
    const plain = { ...scheme, weightBits: bits, repairs: [], layers: {} };
    const { quantized } = await stages.make({ ...settings, scheme: plain }, control);
    if (!quantized) throw new Error('A scheme made no quantized model.');
    for (const { name: layer } of nodes.filter((node) => weightBitsOf(plain, model.graph, node) === bits)) {
      trials.push({ layer, bits, quantized, part: { weights: [layer] } });
    }
  }
  const images = Math.min(wanted, dataset.train.count);
  const { effects } = await measureEffects(model, dataset.train, images, trials, control, stages.here);
  const costs = new Map(nodes.map(({ name }) => [name, new Map<Bits, number>()]));
  trials.forEach(({ layer, bits }, i) => costs.get(layer)?.set(bits, effects[i].divergence));
  const layers = nodes.map(({ name }): LayerChoices => ({
    layer: name,
    parameters: lookUp(model.weights, `${name}.kernel`, 'array').data.length,
    costs: lookUp(costs, name, 'costs'),
  }));
  return { layers, images };
}

/**
 * The scheme with `average` bits a weight, spent where they save most of the layers' summed divergence.
 * @throws RangeError when the budget is too small
 */
export function mixedScheme(scheme: QuantScheme, { layers }: LayerCosts, average: number): Mixed {
  const assignment = assignBits(layers, average);
  const exceptions = Object.fromEntries(
    [...assignment.bits].map(([name, weightBits]) => [name, { ...scheme.layers?.[name], weightBits }]),
  );
  return {
    scheme: { ...scheme, name: `${scheme.name}+mixed:${average}`, layers: { ...scheme.layers, ...exceptions } },
    assignment,
  };
}

/** Bits a weight on average against the sum of the layers' divergences: the choices that no other beats, thinned. */
export function costFront({ layers }: LayerCosts): readonly { readonly average: number; readonly cost: number }[] {
  const front = paretoFront(layers);
  const stride = Math.max(1, Math.floor(front.length / FRONT_POINTS));
  return front.filter((_, i) => i % stride === 0).map(({ average, cost }) => ({ average, cost }));
}
