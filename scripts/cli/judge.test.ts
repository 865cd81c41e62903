import { expect, test } from 'vitest';
import { openStages } from '../../src/lab/stages/stages.ts';
import { nodeResources } from '../../src/lab/hosts/node.ts';
import { float32Settings, ptqSettings } from '../../src/contract/settings.ts';
import { openNative } from '../checks/nativeRuntime.ts';
import { judgedByRuntime } from './judge.ts';

test('ONNX Runtime classifies the exported file as tfjs does the network: float32 alike, 4 bits but for ties', async () => {
  const stages = await openStages({ ...nodeResources(), openNative }, 'wasm');
  const judged = judgedByRuntime(stages);
  const workload = { model: 'resnet20', dataset: 'cifar10-sample', images: 150, seed: 1 };
  for (const [settings, ties] of [
    [float32Settings(workload), 0],
    [ptqSettings(workload, 'modern', 4), 3],
  ] as const) {
    const [ours, theirs] = [await stages.evaluate(settings), await judged.evaluate(settings)];
    const differing = ours.predictions.reduce(
      (count, value, i) => count + (value === theirs.predictions[i] ? 0 : 1),
      0,
    );
    expect(theirs.predictions).toHaveLength(150);
    expect(differing).toBeLessThanOrEqual(ties);
    expect([theirs.sizeBytes, theirs.onnxBytes]).toEqual([ours.sizeBytes, ours.onnxBytes]);
  }
});
