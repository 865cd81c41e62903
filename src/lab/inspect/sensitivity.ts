/** Sensitivity: what each layer alone costs when it alone is quantized, measured on images; ranked, and said in words. */
import { plural } from '../../base/text/plural.ts';
import { sharesGrid } from '../../graph/grids.ts';
import type { Calibration } from '../../calibrate/calibration.ts';
import { activationSqnr, kurtosis, weightSqnr } from '../../calibrate/noise.ts';
import type { ImageSet } from '../../data/types.ts';
import { lookUp } from '../../base/lookUp.ts';
import { isWeighted } from '../../graph/shapes.ts';
import { INPUT, type FloatModel } from '../../graph/types.ts';
import type { QuantizedModel } from '../../quant/types.ts';
import { dequantizedWeights } from '../../tensor/fakeQuantized.ts';
import { measureEffects, type Effects } from './effects.ts';
import type { Here } from '../engines/types.ts';
import type { Trial } from './trials.ts';
import type { Effect, LayerSensitivity, Sensitivity } from '../../contract/calls/sensitivity.ts';
import type { Control } from '../../contract/progress.ts';

/**
 * Every layer of a quantized network by itself.
 * @param model the float model that `quantized` was made from
 * @param here see measureEffects
 */
export async function measureSensitivity(
  model: FloatModel,
  quantized: QuantizedModel,
  calibration: Calibration,
  test: ImageSet,
  images: number,
  control: Control = {},
  here?: Here,
): Promise<Sensitivity & Pick<Effects, 'engine' | 'ranOn'>> {
  const own = dequantizedWeights(quantized);
  const names = [INPUT, ...model.graph.nodes.filter((node) => !sharesGrid(node)).map(({ name }) => name)];
  const weighted = new Set(model.graph.nodes.filter(isWeighted).map(({ name }) => name));
  const parts = names.map((layer) => ({
    layer,
    weights: weighted.has(layer) ? { weights: [layer] } : null,
    activations: quantized.activations.has(layer) ? { activations: [layer] } : null,
  }));
  const trials: Trial[] = [{ quantized, part: 'all' }];
  const trial = (part: Trial['part'] | null): number | null => (part ? trials.push({ quantized, part }) - 1 : null);
  const places = parts.map(({ weights, activations }) => ({
    weights: trial(weights),
    activations: trial(activations),
    both: trial(weights && activations && { ...weights, ...activations }),
  }));
  const { float, effects, engine, ranOn } = await measureEffects(model, test, images, trials, control, here);
  const effectAt = (place: number | null): Effect | null => (place === null ? null : effects[place]);
  const [whole] = effects;
  const layers = names.flatMap((layer, i): LayerSensitivity[] => {
    const kernel = weighted.has(layer) ? lookUp(model.weights, `${layer}.kernel`, 'array').data : null;
    const grid = quantized.activations.get(layer) ?? null;
    const weights = effectAt(places[i].weights);
    const activations = effectAt(places[i].activations);
    const both = effectAt(places[i].both) ?? weights ?? activations;
    return both
      ? [
          {
            layer,
            parameters: kernel?.length ?? 0,
            weightBits: kernel ? lookUp(quantized.weights, layer, 'quantized weights').bits : null,
            activationBits: grid?.bits ?? null,
            weightSqnr: kernel && weightSqnr(kernel, lookUp(own, `${layer}.kernel`, 'array').data),
            activationSqnr: grid && activationSqnr(lookUp(calibration.statistics, layer, 'statistics'), grid),
            kurtosis: kernel && kurtosis(kernel),
            weights,
            activations,
            both,
          },
        ]
      : [];
  });
  layers.sort((a, b) => b.both.divergence - a.both.divergence);
  return { images, float, whole, layers, finding: findingOf(float.top1, whole, layers, images), engine, ranOn };
}

/** One sentence: what the whole costs, and which layer alone costs how much of it. */
export function findingOf(float: number, whole: Effect, layers: readonly LayerSensitivity[], images: number): string {
  const points = (x: number): string => `${(100 * x).toFixed(1)}`;
  const lost = float - whole.top1;
  const [worst] = layers;
  const alone = float - worst.both.top1;
  const part =
    !worst.weights || !worst.activations
      ? worst.weights
        ? 'its weights'
        : 'its activation'
      : worst.weights.divergence > worst.activations.divergence
        ? 'its weights more than its activation'
        : 'its activation more than its weights';
  const noise = 0.5 / Math.sqrt(images);
  if (lost <= noise) {
    return (
      `Quantized as a whole the network loses ${points(lost)} points of ${points(float)}, no more than ${plural(images, 'image')} can tell; ` +
      `${worst.layer} moves the output most (${part}, KL ${worst.both.divergence.toFixed(4)}).`
    );
  }
  if (alone <= noise) {
    return (
      `No layer alone costs what ${plural(images, 'image')} can tell of the ${points(lost)} points lost; ` +
      `${worst.layer} moves the output most (${part}, KL ${worst.both.divergence.toFixed(4)} of ${whole.divergence.toFixed(4)}).`
    );
  }
  return `${worst.layer} alone costs ${points(alone)} of the ${points(lost)} points lost (${part}, KL ${worst.both.divergence.toFixed(4)} of ${whole.divergence.toFixed(4)}).`;
}
