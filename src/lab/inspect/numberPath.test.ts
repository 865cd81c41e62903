/** The path of a number of the bundled ResNet-20, as the page asks for it. */
import { beforeAll, expect, test } from 'vitest';
import { normalize } from '../../data/normalize.ts';
import { lookUp } from '../../base/lookUp.ts';
import { runInteger } from '../../integer/reference/run.ts';
import { openStages, type Stages } from '../stages/stages.ts';
import { nodeResources } from '../hosts/node.ts';
import { numberPath } from './numberPath.ts';
import { float32Settings, ptqSettings } from '../../contract/settings.ts';
import type { RunSettings } from '../../contract/run.ts';

const workload = { model: 'resnet20', dataset: 'cifar10-sample', images: 8, seed: 1 };
const settings: RunSettings = { ...ptqSettings(workload, 'modern', 4), calibrationImages: 64 };

let stages: Stages;
beforeAll(async () => {
  stages = await openStages(nodeResources(), 'wasm');
});

test('is the number that the interpreter computes for that image', async () => {
  const { quantized } = await stages.make(settings);
  if (!quantized) throw new Error('nothing was quantized');
  const { dataset } = await stages.subject(workload);
  const codes = new Map<string, Uint8Array>();
  const logits = runInteger(quantized, normalize(dataset.test, [3], quantized.normalization), 1, {
    onTensor: (name, values) => void codes.set(name, values),
  });
  for (const layer of ['conv1', 'layer2.0.downsample', 'layer2.0.conv2', 'layer3.2.conv1']) {
    const place = { y: 3, x: 5, channel: 11 };
    const { path, shape } = await numberPath(stages, { settings, layer, image: 3, place });
    if (path.kind !== 'conv') throw new Error('a convolution was asked for');
    const [, width, channels] = shape;
    expect(path.code).toBe(lookUp(codes, layer, 'codes')[(place.y * width + place.x) * channels + place.channel]);
  }
  const { path } = await numberPath(stages, { settings, layer: 'fc', image: 3, place: { y: 0, x: 0, channel: 7 } });
  expect(path.kind === 'linear' && path.logit).toBe(logits[7]);
});

test('refuses float32, the input, an unknown layer and an image that is not there', async () => {
  const place = { y: 0, x: 0, channel: 0 };
  const asked = (changes: object) => numberPath(stages, { settings, layer: 'conv1', image: 0, place, ...changes });
  await expect(asked({ settings: float32Settings(workload) })).rejects.toThrow('no integer path in 32-bit float');
  await expect(asked({ layer: 'input' })).rejects.toThrow('computed from nothing');
  await expect(asked({ layer: 'layer9' })).rejects.toThrow('no layer named layer9');
  await expect(asked({ image: 1000 })).rejects.toThrow('Image 1000');
  await expect(asked({ place: { ...place, y: 32 } })).rejects.toThrow('conv1 has no number at row 32');
});
