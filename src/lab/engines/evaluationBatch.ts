/** How many images a network is given at once: the lab hears of a cancel, so of a move of the slider, between two batches. */
import { graphCost } from '../../graph/cost.ts';
import type { Graph } from '../../graph/types.ts';
import type { RanOn } from '../../contract/device.ts';

/** Multiply-accumulates of a batch on a processor, some 40 ms on two cores: 32 images of ResNet-20. */
const BATCH_MACS = 1.32e9;
/** Below that a batch costs more time than its images. */
const FEWEST = 4;
/** An accelerator is fed at once and answers soon: more images there are only faster. */
const MOST = 50;

/** Images at once, however many there are. */
export function fittingBatch(backend: RanOn['backend'], graph: Graph): number {
  const onProcessor = backend === 'wasm' || backend === 'cpu';
  return onProcessor ? Math.min(MOST, Math.max(FEWEST, Math.floor(BATCH_MACS / graphCost(graph).macs))) : MOST;
}

/** Images of each batch when `images` are run, shared out so that the last one, which is padded, lacks few. */
export const evaluationBatch = (backend: RanOn['backend'], graph: Graph, images: number): number =>
  Math.ceil(images / Math.ceil(images / fittingBatch(backend, graph)));
