/** Part (c), networks: tfjs in float32 and our integers, in turn, on the same images. */
import { elementCount } from '../../../src/graph/arrays.ts';
import type { Graph } from '../../../src/graph/types.ts';
import { openGpuDevice, type GpuDevice } from '../../../src/integer/webgpu/device.ts';
import { openGpuNetwork } from '../../../src/integer/webgpu/network.ts';
import type { GpuNetwork } from '../../../src/integer/webgpu/types.ts';
import { seededFloatModel, withSeededWeights } from '../../../src/onnx/testing/seededModel.ts';
import { schemeFor } from '../../../src/quant/schemes.ts';
import { toLayersModel } from '../../../src/tensor/model.ts';
import { networkOf } from '../../../src/tensor/network.ts';
import { median, rounded, type Emit, type Sizes } from './sizes.ts';

/** From images in this thread to logits in this thread. */
type Contender = {
  readonly name: string;
  readonly run: () => Promise<unknown>;
  readonly ours?: GpuNetwork;
  readonly close: () => void | Promise<void>;
};

/** What opens one more contender, where there is one: ONNX Runtime, for a page that has it. */
export type Others = (graph: Graph, batch: number) => Promise<readonly Contender[]>;

/** tfjs's backend must be open. */
export async function networksPart(emit: Emit, { inference, bits, runs }: Sizes, others?: Others): Promise<void> {
  const gpu = await openGpuDevice();
  for (const { graph, batches } of inference)
    for (const batch of batches) await race(emit, gpu, graph(), batch, bits, runs, others);
  gpu.device.destroy();
}

async function race(
  emit: Emit,
  gpu: GpuDevice,
  graph: Graph,
  batch: number,
  bits: Sizes['bits'],
  runs: number,
  others?: Others,
): Promise<void> {
  const pixels = Uint8Array.from({ length: batch * elementCount(graph.inputShape) }, (_, i) => (i * 37) & 255);
  const table = Float32Array.from({ length: graph.inputShape[2] * 256 }, (_, i) => ((i & 255) - 128) / 50);
  const images = Float32Array.from(pixels, (pixel, i) => table[(i % graph.inputShape[2]) * 256 + pixel]);
  const float = seededFloatModel(graph);
  const tfjs = networkOf(toLayersModel(float.graph, float.weights));
  const contenders: Contender[] = [
    { name: 'tfjs float32', run: () => tfjs.run(images, batch), close: () => tfjs.close() },
    ...((await others?.(graph, batch).catch(() => [])) ?? []),
  ];
  for (const width of bits) {
    const ours = await openGpuNetwork(withSeededWeights(graph, schemeFor('modern', width, width)), gpu, { batch });
    contenders.push({
      name: `fewbit ${width} bits`,
      run: () => ours.runPixels(pixels, batch, table),
      ours,
      close: () => ours.close(),
    });
  }
  const times = contenders.map((): number[] => []);
  for (let round = 0; round <= runs; round++) {
    for (const [i, { run }] of contenders.entries()) {
      const start = performance.now();
      await run();
      // The first run compiles, chooses tiles and warms up.
      if (round > 0) times[i].push(performance.now() - start);
    }
  }
  for (const [i, { name, ours, close }] of contenders.entries()) {
    emit({
      network: graph.name,
      side: graph.inputShape[0],
      batch,
      contender: name,
      runs,
      medianMs: rounded(median(times[i])),
      bestMs: rounded(Math.min(...times[i])),
      imagesPerSecond: rounded((1000 * batch) / median(times[i])),
      againstTfjs: rounded(median(times[0]) / median(times[i])),
      ...(ours && { weightBytes: ours.weightBytes, gpuBytes: ours.bytes, tiles: tilesOf(ours) }),
    });
    if (ours && batch === 1) emit({ network: graph.name, contender: name, layers: await ours.timeLayers(runs) });
    await close();
  }
}

/** How many layers run each tile. */
function tilesOf(network: GpuNetwork): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { tile } of network.layers()) counts[tile] = (counts[tile] ?? 0) + 1;
  return counts;
}
