/** Calibration: what the float network's activations look like over a few hundred images. */
import { tensorsWithGrid } from '../graph/grids.ts';
import { INPUT, type FloatModel, type Graph, type TensorName } from '../graph/types.ts';
import { createObserver, type Statistics } from '../quant/ranges/observer.ts';

/** Enough to quantize the activations by any scheme, without running the network again. Plain data. */
export type Calibration = {
  readonly images: number;
  /** For INPUT and every node that has a quantizer of its own. */
  readonly statistics: ReadonlyMap<TensorName, Statistics>;
};

/** Float32 values, NHWC, of one batch for every tensor that {@link observedTensors} names. */
export type ActivationBatch = ReadonlyMap<TensorName, Float32Array>;

/** The tensors that calibration looks at: those with a grid of their own. */
export const observedTensors = (graph: Graph): TensorName[] => tensorsWithGrid(graph);

/** A calibration on its way: one that was stopped goes on from the images it has seen. */
export type Calibrator = {
  readonly images: () => number;
  /** @throws RangeError at an activation that is NaN or infinite, or Error at a tensor that the batch lacks: what it holds is then of no use */
  readonly observe: (batch: ActivationBatch) => void;
  /** @throws Error when there was no batch */
  readonly calibration: () => Calibration;
};

/** @param model with batch norms folded */
export function createCalibrator({ graph }: FloatModel): Calibrator {
  requireFolded(graph);
  const observers = observedTensors(graph).map((tensor) => ({ tensor, ...createObserver(tensor) }));
  const imageSize = graph.inputShape.reduce((product, size) => product * size, 1);
  let images = 0;
  return {
    images: () => images,
    observe(batch) {
      for (const { tensor, observe } of observers) observe(valuesOf(batch, tensor));
      images += valuesOf(batch, INPUT).length / imageSize;
    },
    calibration() {
      if (images === 0) throw new Error('There were no calibration images: give at least one.');
      return { images, statistics: new Map(observers.map(({ tensor, statistics }) => [tensor, statistics()])) };
    },
  };
}

/**
 * Observes every batch once, in bounded memory, for all range methods at once.
 * @param model with batch norms folded
 * @param activationBatches of the images that `begun` has not seen
 * @param onProgress told the images done after each batch
 * @param signal checked between batches
 * @param begun goes on with a calibration of this model that was stopped
 * @throws RangeError at an activation that is NaN or infinite, naming the tensor; the signal's reason when aborted;
 *   Error when a batch lacks a tensor, when there is no batch, or when the model is not folded
 */
export async function calibrate(
  model: FloatModel,
  activationBatches: AsyncIterable<ActivationBatch>,
  onProgress?: (images: number) => void,
  signal?: AbortSignal,
  begun: Calibrator = createCalibrator(model),
): Promise<Calibration> {
  signal?.throwIfAborted();
  for await (const batch of activationBatches) {
    signal?.throwIfAborted();
    begun.observe(batch);
    onProgress?.(begun.images());
  }
  signal?.throwIfAborted();
  return begun.calibration();
}

/** @throws Error naming the first node whose batch norm is not folded into it */
export function requireFolded(graph: Graph): void {
  const unfolded = graph.nodes.find((node) => 'batchNorm' in node && (node.batchNorm !== null || !node.bias));
  if (unfolded)
    throw new Error(`${unfolded.name}: fold its batch norm before quantizing (every convolution needs a bias).`);
}

function valuesOf(batch: ActivationBatch, tensor: TensorName): Float32Array {
  const values = batch.get(tensor);
  if (!values?.length) throw new Error(`${tensor}: a calibration batch holds no values of this tensor.`);
  return values;
}
