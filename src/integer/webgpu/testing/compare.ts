/** The GPU's engine against the plain interpreter, for tests and for the kit that runs on other machines. */
import { elementCount } from '../../../graph/arrays.ts';
import type { GraphNode, TensorName } from '../../../graph/types.ts';
import type { QuantizedModel } from '../../../quant/types.ts';
import {
  imagesFor,
  judged,
  randomDepthwise,
  randomLayer,
  randomNetwork,
  type Judged,
} from '../../wasm/testing/cases.ts';
import type { GpuDevice } from '../device.ts';
import { openGpuNetwork } from '../network.ts';
import { TILE_NAMES, type TileName } from '../tiles.ts';
import type { GpuOpenOptions } from '../types.ts';

/** The first difference from the plain loops, in words, or null; also of a second run, without looking at tensors. */
export async function gpuDifference(
  { model, images, tensors, logits }: Judged,
  gpu: GpuDevice,
  options: GpuOpenOptions = {},
): Promise<string | null> {
  const n = images.length / elementCount(model.graph.inputShape);
  const network = await openGpuNetwork(model, gpu, { choose: 'fixed', batch: n, ...options });
  try {
    let found: string | null = null;
    const seen = new Set<TensorName>();
    const first = await network.run(images, n, {
      onTensor(name, codes, image) {
        seen.add(name);
        const expected = tensors.get(name)?.subarray(image * codes.length, (image + 1) * codes.length);
        const at = expected ? codes.findIndex((code, i) => code !== expected[i]) : 0;
        const tile = network.layers().find((layer) => layer.name === name)?.tile;
        if (at >= 0)
          found ??= `${name}, image ${image}, place ${at}: ${codes[at]} instead of ${expected?.[at]} (${tile ?? 'no tile'})`;
      },
    });
    const second = await network.run(images, n);
    if (seen.size !== tensors.size) found ??= `${seen.size} tensors were seen, not ${tensors.size}`;
    if ([first, second].some((run) => run.some((logit, i) => logit !== logits[i])))
      found ??= `logits ${first} and ${second} instead of ${logits}`;
    return found;
  } finally {
    network.close();
  }
}

/** Random networks with depthwise layers: as randomDifference, where all of their layers run on a GPU. */
export async function depthwiseDifference(
  gpu: GpuDevice,
  first: number,
  last: number,
  tiles: readonly TileName[] = TILE_NAMES,
): Promise<string | null> {
  for (let seed = first; seed <= last; seed++) {
    const model = runnable(randomDepthwise(seed));
    const choose = tiles[seed % tiles.length];
    const found = await gpuDifference(judged(model, imagesFor(model, seed)), gpu, { choose });
    if (found !== null) return `seed ${seed}: ${found}`;
  }
  return null;
}

/** Its classifier has no activation. */
function runnable(model: QuantizedModel): QuantizedModel {
  const nodes = model.graph.nodes.map((node): GraphNode =>
    node.kind === 'linear' && node.name === 'fc' ? { ...node, activation: null } : node,
  );
  return { ...model, graph: { ...model.graph, nodes } };
}

/**
 * Random layers and networks of every width and grid: the first difference, or null.
 * @param tiles take turns; each costs a software adapter a second to compile
 */
export async function randomDifference(
  gpu: GpuDevice,
  first: number,
  last: number,
  tiles: readonly TileName[] = TILE_NAMES,
): Promise<string | null> {
  for (let seed = first; seed <= last; seed++) {
    const model: QuantizedModel = seed % 3 ? randomLayer(seed) : randomNetwork(seed);
    const choose = tiles[seed % tiles.length];
    // Now and then image by image.
    const found = await gpuDifference(judged(model, imagesFor(model, seed)), gpu, { choose, batch: seed % 5 ? 2 : 1 });
    if (found !== null) return `seed ${seed}: ${found}`;
  }
  return null;
}
