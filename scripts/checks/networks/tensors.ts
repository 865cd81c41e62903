/** Every tensor of a network in our engine, held to the plain interpreter's: codes and logits, image by image. */
import { calibrate, observedTensors } from '../../../src/calibrate/calibration.ts';
import { quantizeModel } from '../../../src/calibrate/ptq.ts';
import type { ImageSet } from '../../../src/data/types.ts';
import type { FloatModel, TensorName } from '../../../src/graph/types.ts';
import { runInteger } from '../../../src/integer/reference/run.ts';
import { openIntegerNetwork } from '../../../src/integer/wasm/network.ts';
import type { OpenOptions } from '../../../src/integer/wasm/types.ts';
import { normalize } from '../../../src/data/normalize.ts';
import type { PresetName } from '../../../src/quant/schemes.ts';
import { schemeFor } from '../../../src/quant/schemes.ts';
import type { Bits, QuantizedModel } from '../../../src/quant/types.ts';
import { activations } from '../../../src/tensor/activations.ts';

/** Images to hold a network to, normalized, and its quantizations: ranges are those of these very images. */
export type Subject = {
  readonly images: Float32Array;
  readonly count: number;
  readonly quantized: (preset: PresetName, bits: Bits) => QuantizedModel;
};

/** @param model folded, for images of this side. @param pixels [count, H, W, 3] */
export async function subjectOf(model: FloatModel, pixels: Uint8Array, count: number): Promise<Subject> {
  const [height, width] = model.graph.inputShape;
  const set: ImageSet = {
    height,
    width,
    count,
    pixels: Uint8Array.from(pixels),
    labels: new Int32Array(count),
    classes: model.classes,
  };
  const all = Int32Array.from({ length: count }, (_, i) => i);
  const calibration = await calibrate(model, activations(model, set, all, observedTensors(model.graph)));
  return {
    images: normalize(set, all, model.normalization),
    count,
    quantized: (preset, bits) => quantizeModel(model, calibration, schemeFor(preset, bits, bits)),
  };
}

/** What the plain loops make of a network. */
export type Expected = { readonly tensors: ReadonlyMap<TensorName, Uint8Array>; readonly logits: Float32Array };

export function expectedOf(quantized: QuantizedModel, images: Float32Array, count: number): Expected {
  const tensors = new Map<TensorName, Uint8Array>();
  const logits = runInteger(quantized, images, count, {
    kernels: 'reference',
    onTensor: (name, codes) => void tensors.set(name, codes),
  });
  return { tensors, logits };
}

/** Tensors that differ, in words; none is what is wanted. `kernels` says which ones ran. */
export async function wrongTensors(
  quantized: QuantizedModel,
  images: Float32Array,
  count: number,
  { tensors, logits }: Expected,
  options: OpenOptions,
): Promise<{ readonly wrong: readonly string[]; readonly kernels: readonly string[] }> {
  const network = await openIntegerNetwork(quantized, options);
  const wrong: string[] = [];
  const seen = new Set<TensorName>();
  try {
    const found = network.run(images, count, {
      onTensor(name, codes, image) {
        seen.add(name);
        const expected = tensors.get(name)?.subarray(image * codes.length, (image + 1) * codes.length);
        if (!expected || codes.some((code, i) => code !== expected[i])) wrong.push(`${name} of image ${image}`);
      },
    });
    const again = network.run(images, count);
    if ([found, again].some((each) => each.some((logit, i) => logit !== logits[i]))) wrong.push('logits');
    for (const name of tensors.keys()) if (!seen.has(name)) wrong.push(`${name} was not seen`);
  } finally {
    network.close();
  }
  return { wrong, kernels: [...new Set(network.layers.map(({ kernel }) => kernel))].sort() };
}
