/** What the GPU's engine is held to: the plain interpreter, code for code. Run in Chromium, in Node, and by the kit anywhere. */
import { seededRandom } from '../../../base/random.ts';
import { foldedGraph } from '../../testing/foldedGraph.ts';
import { resnet18, resnet20 } from '../../../graph/networks/resnet.ts';
import type { Graph } from '../../../graph/types.ts';
import { BITS, type Bits } from '../../../quant/types.ts';
import { quantizeAtRandom, randomImages } from '../../testing/randomModel.ts';
import { judged } from '../../wasm/testing/cases.ts';
import type { GpuDevice } from '../device.ts';
import { TILE_NAMES, type TileName } from '../tiles.ts';
import { depthwiseDifference, gpuDifference, randomDifference } from './compare.ts';

export type IntegerCheck = {
  readonly name: string;
  /** The first difference, in words, or null. */
  readonly run: (gpu: GpuDevice) => Promise<string | null>;
};

/** Random networks: seeds first .. last, tiles taking turns. */
export const randomNetworks = (first: number, last: number, tiles: readonly TileName[] = TILE_NAMES): IntegerCheck => ({
  name: `random networks ${first} to ${last}, tiles ${tiles.join(', ')}`,
  run: (gpu) => randomDifference(gpu, first, last, tiles),
});

/** The same with depthwise layers, bounded activations and dense layers. */
export const depthwiseNetworks = (
  first: number,
  last: number,
  tiles: readonly TileName[] = TILE_NAMES,
): IntegerCheck => ({
  name: `random networks with depthwise layers ${first} to ${last}, tiles ${tiles.join(', ')}`,
  run: (gpu) => depthwiseDifference(gpu, first, last, tiles),
});

const whole = (graph: Graph, bits: Bits, images: number, tile: TileName | 'fixed', what: string): IntegerCheck => ({
  name: `${what}, ${bits} bits, ${images} images`,
  run(gpu) {
    const model = quantizeAtRandom(graph, seededRandom(bits), {
      weightBits: bits,
      activationBits: bits,
      extreme: false,
    });
    return gpuDifference(judged(model, randomImages(model, images, bits), images), gpu, { choose: tile });
  },
});

/** ResNet-20 whole, at one width. */
export const wholeResnet20 = (bits: Bits, images: number, tile: TileName | 'fixed' = 'fixed'): IntegerCheck =>
  whole(foldedGraph(resnet20()), bits, images, tile, 'ResNet-20');

/** ResNet-18 whole on an image of 56 x 56: its 7 x 7 stem, its max pool, 512 channels. */
export const smallResnet18 = (bits: Bits, tile: TileName | 'fixed' = 'fixed'): IntegerCheck =>
  whole(foldedGraph(resnet18({ classes: 10, inputSize: 56 })), bits, 1, tile, 'ResNet-18 at 56 pixels');

/** All that a GPU should be asked before its times count: every tile, every width, both networks. */
export const INTEGER_CHECKS: readonly IntegerCheck[] = [
  ...TILE_NAMES.map((tile, i) => randomNetworks(1 + 30 * i, 30 + 30 * i, [tile])),
  depthwiseNetworks(1, 60),
  ...BITS.map((bits) => wholeResnet20(bits, 4)),
  ...([8, 4, 2] as const).map((bits) => smallResnet18(bits)),
];
