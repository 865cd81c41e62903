/** Some weights of a quantized layer as they stand on its grid: to watch them drift across the boundaries between codes. */
import { rne } from '../../base/rounding.ts';
import type { QuantLayer } from '../layers/quantLayers.ts';
import type { WeightSample } from '../../quant/training/types.ts';

/** Its multiples, modulo 1, are spread evenly and keep no step with the channels. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** `count` weights (or all, where there are fewer) spread evenly over the layer, the same ones at each call. */
export async function sampleWeights(layer: QuantLayer, count: number): Promise<WeightSample> {
  const latent = layer.latentCodes();
  const all = await latent.data();
  latent.dispose();
  const taken = Math.min(count, all.length);
  const positions = Float32Array.from(
    { length: taken },
    (_, i) => all[taken === all.length ? i : Math.floor((((i + 1) * GOLDEN) % 1) * all.length)],
  );
  const { qmin, qmax } = layer.weightQuantizer.range();
  const codes = Int16Array.from(positions, (position) => Math.min(qmax, Math.max(qmin, rne(position))));
  return { positions, codes, qmin, qmax };
}
