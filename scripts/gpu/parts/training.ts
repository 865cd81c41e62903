/** Part (e): ResNet-20 trained for the time that is left, with its curve, its checkpoint, and its accuracy at the end. */
import { batchesPerEpoch } from '../../../src/data/batches.ts';
import { predict } from '../../../src/data/predict.ts';
import type { ImageSet } from '../../../src/data/types.ts';
import { initialWeights } from '../../../src/graph/init.ts';
import type { TrainingSettings } from '../../../src/quant/training/types.ts';
import { toLayersModel, writeWeights } from '../../../src/tensor/model.ts';
import { networkOf } from '../../../src/tensor/network.ts';
import { writeCheckpoint } from '../../../src/tensor/train/checkpoint.ts';
import { train, type TrainingStep } from '../../../src/tensor/train/train.ts';
import { rounded, type Emit, type Sizes } from './sizes.ts';

const NORMALIZATION = { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] };
/** Readings that tell the speed, and the share of the time that is planned with it. */
const [PROBE, SHARE] = [3, 0.8];
const CHECKPOINT_SECONDS = 60;

export type TrainingImages = { readonly train: ImageSet; readonly test: ImageSet };
export type Save = (name: string, bytes: Uint8Array<ArrayBuffer>) => Promise<void>;

/** tfjs's backend must be open. @param seconds in all, the probe and the last evaluation among them */
export async function trainingPart(
  emit: Emit,
  { training: { graph: make, batch, readEvery, mostEpochs } }: Sizes,
  { train: images, test }: TrainingImages,
  seconds: number,
  save: Save,
): Promise<void> {
  const start = performance.now();
  const secondsLeft = (): number => seconds - (performance.now() - start) / 1000;
  const graph = make();
  const model = toLayersModel(graph, initialWeights(graph, 1));
  const perEpoch = batchesPerEpoch(images, batch);
  const settingsFor = (epochs: number): TrainingSettings => ({
    epochs,
    batchSize: batch,
    seed: 1,
    augment: true,
    peakRate: 0.2,
    schedule: { kind: 'oneCycle', warmup: 0.25 },
    momentum: 0.9,
    weightDecay: 5e-4,
    labelSmoothing: 0,
    nesterov: true,
  });

  const stepMs = await speedOf(
    train(model, images, NORMALIZATION, settingsFor(1), { readEvery }),
    readEvery,
    secondsLeft,
  );
  writeWeights(model, graph, initialWeights(graph, 1));
  const fitting = Math.floor((SHARE * 1000 * secondsLeft()) / (stepMs * perEpoch));
  const epochs = Math.max(1, Math.min(mostEpochs, fitting));
  emit({
    network: graph.name,
    batch,
    images: images.count,
    stepMs: rounded(stepMs),
    epochs,
    imagesPerSecond: rounded((1000 * batch) / stepMs),
  });

  let last: TrainingStep | undefined;
  let saved = performance.now();
  const keep = async (step: TrainingStep): Promise<void> =>
    save(`${graph.name}.checkpoint.safetensors`, writeCheckpoint(await step.checkpoint()));
  const began = performance.now();
  for await (const step of train(model, images, NORMALIZATION, settingsFor(epochs), { readEvery })) {
    last = step;
    if (step.step % perEpoch === 0) {
      const { loss, accuracy } = step.curve[step.curve.length - 1];
      emit({
        epoch: step.epoch,
        steps: step.step,
        loss: rounded(loss),
        accuracy: rounded(accuracy),
        seconds: rounded((performance.now() - began) / 1000),
      });
    }
    if (performance.now() - saved > 1000 * CHECKPOINT_SECONDS) {
      await keep(step);
      saved = performance.now();
    }
    const isLast = step.step === step.steps || secondsLeft() < 0.05 * seconds;
    // While the run is open: its optimizer's state goes with it.
    if (isLast) await keep(step);
    if (isLast) break;
  }
  if (!last) throw new Error(`${seconds} seconds were too few for a single reading.`);
  const trainedSeconds = (performance.now() - began) / 1000;
  const { top1 } = await predict(networkOf(model), test, NORMALIZATION, { batchSize: Math.min(100, test.count) });
  emit({
    network: graph.name,
    trained: last.step,
    of: last.steps,
    seconds: rounded(trainedSeconds),
    imagesPerSecond: rounded((last.step * batch) / trainedSeconds),
    testImages: test.count,
    top1,
    curve: last.curve,
  });
  model.dispose();
}

/** Milliseconds of a step, the first reading left out. */
async function speedOf(
  steps: AsyncGenerator<TrainingStep>,
  readEvery: number,
  secondsLeft: () => number,
): Promise<number> {
  let [since, from] = [performance.now(), 0];
  let ms = 0;
  for (let reading = 0; reading < PROBE; reading++) {
    const { value, done } = await steps.next();
    if (done) break;
    const now = performance.now();
    ms = (now - since) / (value.step - from);
    [since, from] = [now, value.step];
    if (secondsLeft() < (2 * readEvery * ms) / 1000) break;
  }
  await steps.return(undefined);
  return ms;
}
