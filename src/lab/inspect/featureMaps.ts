/** What one tensor holds for one test image: in the float network, and in the quantized one. */
import { openPaths } from '../../calibrate/paths.ts';
import { normalize } from '../../data/normalize.ts';
import { INPUT, type TensorName } from '../../graph/types.ts';
import { dequantizeValue } from '../../quant/affine.ts';
import type { QuantizedModel } from '../../quant/types.ts';
import type { Stages } from '../stages/stages.ts';
import { openFewbit } from '../engines/fewbit.ts';
import type { Made } from '../engines/types.ts';
import type { FeatureMaps, InspectCalls } from '../../contract/calls/inspect.ts';
import { lookUp } from '../../base/lookUp.ts';
import { modelFor } from '../stages/repairs.ts';
import type { Control } from '../../contract/progress.ts';

/**
 * The quantized network runs in real integers, so its map carries all the error before the layer.
 * @throws when the settings are float32's, or there is no such tensor or image; the signal's reason, between layers
 */
export async function featureMaps(
  stages: Stages,
  { settings, layer, image }: InspectCalls['featureMaps']['args'],
  control: Control = {},
): Promise<FeatureMaps> {
  const { model, dataset } = await stages.subject(settings);
  const { quantized } = await stages.make(settings, control);
  if (!quantized) throw new Error(`There is no quantized ${layer} in 32-bit float: choose a bitwidth.`);
  const values = normalize(dataset.test, [image], model.normalization);
  const paths = openPaths(modelFor(model, quantized.scheme), lookUp(quantized.activations, INPUT, 'activation grid'), {
    values,
    count: 1,
  });
  if (layer !== INPUT) {
    const last = model.graph.nodes.findIndex(({ name }) => name === layer);
    if (last < 0) throw new Error(`${model.graph.name} has no layer named ${layer}.`);
    for (const node of model.graph.nodes.slice(0, last + 1)) {
      control.signal?.throwIfAborted();
      await paths.pass(node, quantized);
    }
  }
  const { float, quantized: rounded } = paths.tensor(layer);
  const measured = (await integersOf(stages, { model, quantized }, values, layer)) ?? rounded.values.slice();
  return {
    settings,
    layer,
    image,
    shape: float.shape,
    float: float.values.slice(),
    quantized: measured,
    sqnr: channelSqnr(float.values, measured, float.shape[float.shape.length - 1]),
  };
}

/** The tensor's codes in our engine, as the real numbers they stand for; null for logits, which are real already. */
async function integersOf(
  stages: Stages,
  made: Made & { readonly quantized: QuantizedModel },
  values: Float32Array,
  layer: TensorName,
): Promise<Float32Array | null> {
  const network = await openFewbit(made, stages.here, { threads: 1 });
  try {
    const grid = made.quantized.activations.get(layer);
    let real: Float32Array | null = null;
    network.wasm.run(values, 1, {
      onTensor(name, codes) {
        if (name === layer && grid) real = Float32Array.from(codes, (code) => dequantizeValue(code, grid));
      },
    });
    return real;
  } finally {
    await network.close();
  }
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
