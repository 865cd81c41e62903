/** What a file of a network is to be fed with, where it does not say so itself: the user's choice is written into it. */
import { DATASETS } from '../../contract/catalogue.ts';
import { NORMALIZATION_NAMES, type NormalizationName } from '../../contract/calls/data.ts';
import { IMAGENET_NORMALIZATION } from '../../graph/normalization.ts';
import type { Normalization } from '../../graph/types.ts';
import { normalizesItself, sayingNormalization } from '../../onnx/read/normalized.ts';
import { parseOnnx } from '../../onnx/read/parse.ts';
import { readWeights } from '../../weights/model.ts';
import { safetensorsMetadata, withSafetensorsMetadata } from '../../weights/safetensors.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** What a file that does not say how its input is normalized can be taken to expect. */
export const NORMALIZATIONS: Readonly<Record<NormalizationName, Normalization>> = {
  imagenet: IMAGENET_NORMALIZATION,
  cifar10: DATASETS.cifar10.normalization,
  unit: { mean: [0, 0, 0], std: [1, 1, 1] },
  signed: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
};

/** The metadata's key for a choice of the user's: it may be changed later, what the file's maker wrote may not. */
const CHOSEN = 'normalization_chosen';

/** The normalization of this name; null: there is none. */
export const chosenNormalization = (text: string | undefined): NormalizationName | null =>
  NORMALIZATION_NAMES.find((name) => name === text) ?? null;

/** The choice that was written into a file; null: none was. */
export function chosenIn(bytes: Bytes, fileName: string, isOnnx: boolean): NormalizationName | null {
  return chosenNormalization(
    isOnnx ? parseOnnx(bytes, fileName).metadata.get(CHOSEN) : safetensorsMetadata(bytes, fileName)[CHOSEN],
  );
}

/** An .onnx file with the choice, unless its graph normalizes its input or its maker says how. */
export function onnxWithNormalization(bytes: Bytes, fileName: string, name: NormalizationName): Bytes {
  const file = parseOnnx(bytes, fileName);
  if (normalizesItself(file)) return bytes;
  return sayingNormalization({ bytes, file }, NORMALIZATIONS[name], { key: CHOSEN, value: name }).bytes;
}

/** A .safetensors file with the choice, unless its maker or a normalizing layer's buffers say how. */
export function safetensorsWithNormalization(bytes: Bytes, fileName: string, name: NormalizationName): Bytes {
  const said = safetensorsMetadata(bytes, fileName);
  if (said.mean !== undefined && said[CHOSEN] === undefined) return bytes;
  const normalization = NORMALIZATIONS[name];
  if (readWeights(bytes, fileName, { normalization }).normalizationFrom === 'buffers') return bytes;
  const { mean, std } = normalization;
  return withSafetensorsMetadata(bytes, fileName, {
    mean: JSON.stringify(mean),
    std: JSON.stringify(std),
    [CHOSEN]: name,
  });
}
