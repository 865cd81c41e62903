import { beforeAll, describe, expect, test } from 'vitest';
import { openStages, type Stages } from './stages.ts';
import { nodeResources } from '../hosts/node.ts';
import { float32Settings, ptqSettings } from '../../contract/settings.ts';
import type { Progress } from '../../contract/progress.ts';

const workload = { model: 'resnet20', dataset: 'cifar10-sample', images: 1000, seed: 1 };

describe('the bundled ResNet-20 on the bundled test images', () => {
  let stages: Stages;
  let float32 = 0;

  beforeAll(async () => {
    stages = await openStages(nodeResources(), 'wasm');
    float32 = (await stages.evaluate(float32Settings(workload))).top1;
  }, 120_000);

  const top1 = async (...scheme: [preset: 'modern' | '2021', bits: 8 | 6 | 4]): Promise<number> =>
    (await stages.evaluate(ptqSettings(workload, ...scheme))).top1;

  test('classifies at least 86 of 100', () => expect(float32).toBeGreaterThanOrEqual(0.86));

  test('modern at 8 bits: within half a point of float32', async () => {
    expect(Math.abs((await top1('modern', 8)) - float32)).toBeLessThanOrEqual(0.005);
  });

  test('modern at 6 bits: within two points', async () => {
    expect(await top1('modern', 6)).toBeGreaterThanOrEqual(float32 - 0.02);
  });

  test('2021 at 4 bits: far below, and below modern at 4', async () => {
    const old = await top1('2021', 4);
    expect(old).toBeLessThan(float32 - 0.1);
    expect(old).toBeLessThan((await top1('modern', 4)) - 0.05);
  });
});

describe('an evaluation', () => {
  const few = { ...workload, images: 40 };
  let stages: Stages;
  beforeAll(async () => {
    stages = await openStages(nodeResources(), 'wasm');
  }, 120_000);

  test('says what each repair did to the output; gain correction brings 2-bit weights back from chance', async () => {
    const plain = { ...ptqSettings({ ...workload, images: 200 }, 'modern', 2, 8), calibrationImages: 64 };
    const repaired = await stages.evaluate({
      ...plain,
      scheme: plain.scheme && { ...plain.scheme, repairs: ['gain'] },
    });
    expect(repaired.verdicts).toMatchObject([{ repair: 'gain', kept: true, images: 64 }]);
    const [{ before, after }] = repaired.verdicts ?? expect.unreachable();
    expect(after).toBeLessThan(before / 4);
    const without = await stages.evaluate(plain);
    expect(without.verdicts).toBeUndefined();
    expect(without.top1).toBeLessThan(0.3);
    expect(repaired.top1).toBeGreaterThan(0.7);
  }, 60_000);

  test('says which settings and which device made it, and how large the model is', async () => {
    const settings = { ...ptqSettings(few, 'modern', 4), calibrationImages: 64 };
    const result = await stages.evaluate(settings);
    expect(result.settings).toEqual(settings);
    expect(result.device).toMatchObject({
      backend: 'wasm',
      description: expect.stringContaining('WebAssembly') as string,
    });
    expect(result.predictions).toHaveLength(40);
    expect(result.confidences.every((p) => p > 0 && p <= 1)).toBe(true);
    const eight = await stages.evaluate({ ...ptqSettings(few, 'modern', 8), calibrationImages: 64 });
    expect(result.sizeBytes).toBeLessThan(0.55 * eight.sizeBytes);
    expect(result.onnxBytes).toBeLessThan(0.62 * eight.onnxBytes);
  });

  test('reports its progress and stops when it is cancelled', async () => {
    const seen: Progress[] = [];
    await stages.evaluate(float32Settings(few), { report: (progress) => seen.push(progress) });
    expect(seen.at(-1)).toEqual({ stage: 'Classifying', done: 40, total: 40, unit: 'images' });
    const controller = new AbortController();
    const cancelled = stages.evaluate(float32Settings(workload), {
      report: () => controller.abort(),
      signal: controller.signal,
    });
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
  });

  test.each([
    [{ images: 0 }, /images is 0/],
    [{ images: 1001 }, /images is 1001.*1 to 1000/],
    [{ model: 'resnet20', dataset: 'imagenet' }, /no dataset named imagenet.*cifar10-sample/],
    [{ model: 'vgg' }, /no model named vgg.*resnet20/],
    [{ model: 'resnet50' }, /resnet50 is not bundled/],
  ])('refuses %o', async (wrong, message) => {
    await expect(stages.evaluate(float32Settings({ ...few, ...wrong }))).rejects.toThrow(message);
  });
});
