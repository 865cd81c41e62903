/** Sensitivity: what each layer alone costs when it alone is quantized, measured on images; ranked, and said in words. */
import type { Calibration } from '../calibrate/ranges.ts';
import { activationSqnr, kurtosis, weightSqnr } from '../calibrate/noise.ts';
import type { ImageSet } from '../data/types.ts';
import { lookUp } from '../graph/lookUp.ts';
import { isWeighted } from '../graph/shapes.ts';
import { INPUT, type FloatModel, type TensorName } from '../graph/types.ts';
import type { AffineParams, Bits, QuantizedModel } from '../quant/types.ts';
import { dequantizedWeights } from '../tensor/fakeQuantized.ts';
import { toLayersModel } from '../tensor/model.ts';
import { predictLogits } from '../tensor/reconstructLogits.ts';
import type { Control } from './engine.ts';

/** What quantizing one part of one layer does to the whole network. */
export type Effect = {
  /** Mean KL divergence, in nats, of the quantized network's softmax from the float one's. */
  readonly divergence: number;
  /** Fraction of the images that are still classified right. */
  readonly top1: number;
};

/** One tensor with a quantizer: a node (its weights, and the activation it writes) or the network's INPUT. */
export type LayerSensitivity = {
  readonly layer: TensorName;
  readonly parameters: number;
  readonly weightBits: Bits | null;
  readonly activationBits: Bits | null;
  /** In dB; null where there is nothing of the kind. Infinity where nothing is lost. */
  readonly weightSqnr: number | null;
  readonly activationSqnr: number | null;
  /** Kurtosis of the weights, 3 for a normal distribution: needs no data. */
  readonly kurtosis: number | null;
  readonly weights: Effect | null;
  readonly activations: Effect | null;
  readonly both: Effect;
};

export type Sensitivity = {
  readonly images: number;
  readonly float: { readonly top1: number };
  readonly whole: Effect;
  /** The costliest first, by divergence of `both`. */
  readonly layers: readonly LayerSensitivity[];
  readonly finding: string;
};

/** A part of a network that is quantized while the rest stays float. */
export type Part = { readonly weights?: readonly TensorName[]; readonly activations?: readonly TensorName[] };

/** Measures parts of one quantized network against its float model on the first `images` of a set. */
export type Probe = { readonly float: { readonly top1: number }; readonly effect: (quantized: QuantizedModel, part: Part | 'all') => Promise<Effect> };

/** @throws the signal's reason, between batches */
export async function openProbe(model: FloatModel, test: ImageSet, images: number, control: Control = {}): Promise<Probe> {
  const run = async (arrays: FloatModel['weights'], quantizers: ReadonlyMap<TensorName, AffineParams>) => {
    const network = toLayersModel(model.graph, arrays, { quantizers });
    try {
      return await predictLogits(network, test, model.normalization, images, control.signal);
    } finally {
      network.dispose();
    }
  };
  const reference = await run(model.weights, new Map());
  return {
    float: { top1: reference.top1 },
    async effect(quantized, part) {
      const { weights = [], activations = [] } = part === 'all'
        ? { weights: [...quantized.weights.keys()], activations: [...quantized.activations.keys()] } : part;
      const own = dequantizedWeights(quantized);
      const arrays = new Map(model.weights);
      // The bias goes with the weights: as int32 it is as good as float.
      for (const name of weights) arrays.set(`${name}.kernel`, lookUp(own, `${name}.kernel`, 'array'));
      const pools = new Set(model.graph.nodes.filter(({ kind }) => kind === 'maxPool').map(({ name }) => name));
      const grids = activations.filter((name) => !pools.has(name)).map((name) => [name, lookUp(quantized.activations, name, 'activation grid')] as const);
      const found = await run(arrays, new Map(grids));
      return { divergence: meanDivergence(reference.logits, found.logits, model.classes.length), top1: found.top1 };
    },
  };
}

/**
 * Every layer of a quantized network by itself.
 * @param model the float model that `quantized` was made from
 */
export async function measureSensitivity(
  model: FloatModel, quantized: QuantizedModel, calibration: Calibration, test: ImageSet, images: number, control: Control = {},
): Promise<Sensitivity> {
  const probe = await openProbe(model, test, images, control);
  const whole = await probe.effect(quantized, 'all');
  const own = dequantizedWeights(quantized);
  const names = [INPUT, ...model.graph.nodes.filter(({ kind }) => kind !== 'maxPool').map(({ name }) => name)];
  const weighted = new Set(model.graph.nodes.filter(isWeighted).map(({ name }) => name));
  const layers: LayerSensitivity[] = [];
  for (const layer of names) {
    control.signal?.throwIfAborted();
    const kernel = weighted.has(layer) ? lookUp(model.weights, `${layer}.kernel`, 'array').data : null;
    const grid = quantized.activations.get(layer) ?? null;
    const weights = kernel ? await probe.effect(quantized, { weights: [layer] }) : null;
    const activations = grid ? await probe.effect(quantized, { activations: [layer] }) : null;
    const both = weights && activations ? await probe.effect(quantized, { weights: [layer], activations: [layer] }) : (weights ?? activations);
    if (!both) continue;
    layers.push({
      layer, parameters: kernel?.length ?? 0,
      weightBits: kernel ? lookUp(quantized.weights, layer, 'quantized weights').bits : null,
      activationBits: grid?.bits ?? null,
      weightSqnr: kernel && weightSqnr(kernel, lookUp(own, `${layer}.kernel`, 'array').data),
      activationSqnr: grid && activationSqnr(lookUp(calibration.statistics, layer, 'statistics'), grid),
      kurtosis: kernel && kurtosis(kernel), weights, activations, both,
    });
    control.report?.({ stage: 'Measuring sensitivity', done: layers.length, total: names.length, unit: 'layers' });
  }
  layers.sort((a, b) => b.both.divergence - a.both.divergence);
  return { images, float: probe.float, whole, layers, finding: findingOf(probe.float.top1, whole, layers, images) };
}

/** One sentence: what the whole costs, and which layer alone costs how much of it. */
export function findingOf(float: number, whole: Effect, layers: readonly LayerSensitivity[], images: number): string {
  const points = (x: number): string => `${(100 * x).toFixed(1)}`;
  const lost = float - whole.top1;
  const [worst] = layers;
  const alone = float - worst.both.top1;
  const part = !worst.weights || !worst.activations ? (worst.weights ? 'its weights' : 'its activation')
    : worst.weights.divergence > worst.activations.divergence ? 'its weights more than its activation' : 'its activation more than its weights';
  if (lost <= 0.5 / Math.sqrt(images)) {
    return `Quantized as a whole the network loses ${points(lost)} points of ${points(float)}, no more than ${images} images can tell; ` +
      `${worst.layer} moves the output most (${part}, KL ${worst.both.divergence.toFixed(4)}).`;
  }
  return `${worst.layer} alone costs ${points(alone)} of the ${points(lost)} points lost (${part}, KL ${worst.both.divergence.toFixed(4)} of ${whole.divergence.toFixed(4)}).`;
}

/** KL(softmax(reference) || softmax(found)) in nats, averaged over rows. */
export function meanDivergence(reference: Float32Array, found: Float32Array, classes: number): number {
  const rows = reference.length / classes;
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const p = logSoftmax(reference.subarray(row * classes, (row + 1) * classes));
    const q = logSoftmax(found.subarray(row * classes, (row + 1) * classes));
    for (let k = 0; k < classes; k++) sum += Math.exp(p[k]) * (p[k] - q[k]);
  }
  return sum / rows;
}

function logSoftmax(logits: Float32Array): Float64Array {
  const top = Math.max(...logits);
  const total = logits.reduce((sum, x) => sum + Math.exp(x - top), 0);
  return Float64Array.from(logits, (x) => x - top - Math.log(total));
}
