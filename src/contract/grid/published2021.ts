/** What was published in 2021, and what lies between: numbers that the lab's own are shown beside. Data only. */
import type { Bits } from '../../quant/types.ts';

/** Where all of PUBLISHED is from. */
export const SOURCE_2021 =
  '4-bit Quantization Model on Image Classification, COMS 6998 final project, December 2021 (PyTorch, V100, per-tensor affine min/max, ' +
  'straight-through QAT; ResNets pretrained on ImageNet)';

/** Bits of weights and activations alike. */
type ByBits = { readonly [bits in Bits]?: number };

/** top1 as fractions of the test images. */
type PublishedRow = { readonly float32: number; readonly ptq: ByBits; readonly qat: ByBits };

/** By dataset, then model, each under the lab's own name for it. */
export const PUBLISHED: Readonly<Record<string, Readonly<Record<string, PublishedRow>>>> = {
  cifar10: {
    resnet18: {
      float32: 0.8039,
      ptq: { 8: 0.7968, 7: 0.7926, 6: 0.7539, 5: 0.5153, 4: 0.1336 },
      qat: { 8: 0.8057, 7: 0.8118, 6: 0.7689, 5: 0.6344, 4: 0.2257 },
    },
    resnet50: {
      float32: 0.846,
      ptq: { 8: 0.2418, 7: 0.2377, 6: 0.1806, 5: 0.1378, 4: 0.1061 },
      qat: { 8: 0.7934, 7: 0.7908, 6: 0.7334, 5: 0.4095, 4: 0.099 },
    },
  },
  imagenette: {
    resnet18: {
      float32: 0.9465,
      ptq: { 8: 0.9439, 7: 0.9404, 6: 0.9027, 5: 0.255, 4: 0.1284 },
      qat: { 8: 0.9439, 7: 0.9401, 6: 0.7689, 5: 0.8061, 4: 0.1332 },
    },
    resnet50: {
      float32: 0.9603,
      ptq: { 8: 0.8089, 7: 0.7911, 6: 0.7554, 5: 0.3654, 4: 0.0721 },
      qat: { 8: 0.9513, 7: 0.9442, 6: 0.8433, 5: 0.4438, 4: 0.1129 },
    },
  },
};

/** The size of the files of 2021, in MB of 10^6 bytes, at the bits named: below 8 the codes stayed in bytes. */
export const PUBLISHED_SIZE_MB: Readonly<Record<string, Readonly<Record<32 | 8 | 7 | 6 | 5 | 4, number>>>> = {
  resnet18: { 32: 44.9, 8: 11.2, 7: 11.2, 6: 11.2, 5: 11.2, 4: 11.2 },
  resnet50: { 32: 94.8, 8: 23.7, 7: 23.7, 6: 23.7, 5: 23.7, 4: 23.7 },
};

/** Milliseconds for each of four images: ResNet-50 in an ONNX Runtime server on one virtual CPU. */
export const PUBLISHED_MS_PER_IMAGE: Readonly<Record<32 | 8 | 6 | 4, readonly number[]>> = {
  32: [289, 285, 280, 289],
  8: [325, 334, 314, 313],
  6: [341, 311, 315, 321],
  4: [326, 368, 322, 301],
};

type PublishedMethod = 'float32' | 'ptq' | 'qat';

/** The names that 2021's datasets go by here: the lab's own subsets and sizes of them count as the dataset. */
const DATASET_OF: Readonly<Record<string, string>> = { 'cifar10-sample': 'cifar10' };

/** The published top-1 of a cell as a fraction, or null where there is none. */
export function published(model: string, dataset: string, method: PublishedMethod, bits: number): number | null {
  const row = PUBLISHED[DATASET_OF[dataset] ?? dataset.split('-')[0]]?.[model] as PublishedRow | undefined;
  if (!row) return null;
  return method === 'float32' ? row.float32 : (row[method][bits as Bits] ?? null);
}
