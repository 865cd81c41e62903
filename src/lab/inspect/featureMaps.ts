/** What one tensor holds for one test image: in the float network, and in the quantized one. */
import { openPaths } from '../../calibrate/paths.ts';
import { normalize } from '../../data/normalize.ts';
import { INPUT } from '../../graph/types.ts';
import type { Engine } from '../engine/engine.ts';
import type { FeatureMaps, InspectCalls } from '../../contract/calls/inspect.ts';
import { modelFor } from '../engine/repair.ts';
import type { Control } from '../../contract/progress.ts';

/**
 * Both networks run side by side up to the layer, so the quantized map carries all the error before it.
 * @throws when the settings are float32's, or there is no such tensor or image; the signal's reason, between layers
 */
export async function featureMaps(
  engine: Engine,
  { settings, layer, image }: InspectCalls['featureMaps']['args'],
  control: Control = {},
): Promise<FeatureMaps> {
  const { model, dataset } = await engine.subject(settings);
  const { quantized } = await engine.make(settings, control);
  if (!quantized) throw new Error(`There is no quantized ${layer} in 32-bit float: choose a bitwidth.`);
  const values = normalize(dataset.test, [image], model.normalization);
  const paths = openPaths(modelFor(model, quantized.scheme), quantized, { values, count: 1 });
  if (layer !== INPUT) {
    const last = model.graph.nodes.findIndex(({ name }) => name === layer);
    if (last < 0) throw new Error(`${model.graph.name} has no layer named ${layer}.`);
    for (const node of model.graph.nodes.slice(0, last + 1)) {
      control.signal?.throwIfAborted();
      await paths.pass(node, quantized.weights.get(node.name));
    }
  }
  const { float, quantized: rounded } = paths.tensor(layer);
  return {
    settings,
    layer,
    image,
    shape: float.shape,
    float: float.values.slice(),
    quantized: rounded.values.slice(),
    sqnr: channelSqnr(float.values, rounded.values, float.shape[float.shape.length - 1]),
  };
}

/** SQNR in dB of each channel, the last axis; Infinity where nothing is lost, NaN where there is nothing to lose. */
function channelSqnr(float: Float32Array, rounded: Float32Array, channels: number): Float64Array {
  const signal = new Float64Array(channels);
  const noise = new Float64Array(channels);
  float.forEach((x, i) => {
    signal[i % channels] += x * x;
    noise[i % channels] += (x - rounded[i]) ** 2;
  });
  return signal.map((power, c) => 10 * Math.log10(power / noise[c]));
}
