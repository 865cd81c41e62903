/** The bundled ResNet-20 on real images, code for code: for scripts/checks/webgpu/integers.ts. */
import { ptqSettings } from '../../../src/contract/settings.ts';
import { normalize } from '../../../src/data/normalize.ts';
import type { IntegerCheck } from '../../../src/integer/webgpu/testing/checks.ts';
import { gpuDifference } from '../../../src/integer/webgpu/testing/compare.ts';
import { judged } from '../../../src/integer/wasm/testing/cases.ts';
import { nodeResources } from '../../../src/lab/hosts/node.ts';
import { openStages } from '../../../src/lab/stages/stages.ts';
import type { PresetName } from '../../../src/quant/schemes.ts';

/** Both presets at the widths that matter most: 2021 has affine weights, one grid a tensor, and so the eighth bit's own shader. */
const CASES = [
  ['modern', 8],
  ['modern', 4],
  ['modern', 2],
  ['2021', 8],
] as const satisfies readonly (readonly [PresetName, 2 | 4 | 8])[];

/** @param count test images of the bundled sample */
export async function realResnet20(count: number): Promise<readonly IntegerCheck[]> {
  const stages = await openStages(nodeResources(), 'wasm');
  const workload = { model: 'resnet20', dataset: 'cifar10-sample', images: count, seed: 1 };
  const { dataset } = await stages.subject(workload);
  const indices = Array.from({ length: count }, (_, i) => i);
  return CASES.map(([preset, bits]) => ({
    name: `ResNet-20 as bundled, ${preset}, ${bits} bits, ${count} test images`,
    async run(gpu) {
      const { quantized } = await stages.make({ ...ptqSettings(workload, preset, bits), calibrationImages: 32 });
      if (!quantized) throw new Error('PTQ settings made no quantized model.');
      const images = normalize(dataset.test, indices, quantized.normalization);
      return gpuDifference(judged(quantized, images, count), gpu, { batch: 16 });
    },
  }));
}
