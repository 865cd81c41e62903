/** `--method finetune` of the headless twin: a pretrained file to one that knows the dataset's classes, and its row. */
import { writeFile } from 'node:fs/promises';
import { trainingImages } from '../../src/data/trainingImages.ts';
import { finetuned } from '../../src/lab/training/finetune.ts';
import { readFloatFileOf } from '../../src/lab/data/modelFile.ts';
import { nodeResources } from '../../src/lab/hosts/node.ts';
import { float32SizeBytes } from '../../src/quant/size.ts';
import { openBackend } from '../../src/tensor/backend.ts';
import { predict } from '../../src/data/predict.ts';
import { networkOf } from '../../src/tensor/network.ts';
import { FINETUNE } from '../../src/tensor/train/finetune.ts';
import { toLayersModel } from '../../src/tensor/model.ts';
import { writeModel } from '../../src/weights/model.ts';
import type { ExperimentArgs } from './experimentArgs.ts';
import type { Progress } from '../../src/contract/progress.ts';

/** @throws when the weights are another model's; what the lab's fine-tuning throws */
export async function finetuneRow(
  args: ExperimentArgs,
  report: (progress: Progress) => void,
): Promise<Record<string, unknown>> {
  const { model: modelName, dataset: datasetName, images, seed } = args;
  const resources = nodeResources(args.weights, args.checkpoints, args.data, args.normalization, args);
  const store = await resources.checkpoints?.();
  const backend = await openBackend(args.backend, resources.platform);
  const { bytes, fileName } = await resources.readModel(modelName);
  const { model: pretrained } = readFloatFileOf(modelName, bytes, fileName);
  const dataset = await resources.readDataset(datasetName, args.side);
  if (images > dataset.test.count)
    throw new Error(`--images is ${images}, but ${datasetName} has ${dataset.test.count} test images.`);
  const finetuning = {
    ...FINETUNE,
    trainImages: Math.min(FINETUNE.trainImages, trainingImages(dataset).count),
    seed,
    ...args.finetuning,
  };
  const name = `${modelName}-${datasetName}-finetune`;
  const start = performance.now();
  const { model, curve } = await finetuned(pretrained, dataset, finetuning, {
    report,
    checkpoints: store ? { ...store, name } : undefined,
  });
  const seconds = (performance.now() - start) / 1000;
  const source = fileName.split('/').at(-1) ?? fileName;
  if (args.save !== undefined) {
    await writeFile(
      args.save,
      writeModel(model, 'F32', {
        source: `${source}, fine-tuned on ${datasetName} by Fewbit`,
        licence: `as ${source}`,
      }),
    );
  }
  const network = networkOf(toLayersModel(model.graph, model.weights));
  const { top1 } = await predict(network, dataset.test, model.normalization, { count: images });
  await network.close();
  await store?.remove(name);
  return {
    model: modelName,
    weights: source,
    dataset: datasetName,
    side: dataset.test.height,
    method: 'finetune',
    scheme: null,
    weightBits: 32,
    activationBits: 32,
    images,
    seed,
    backend: backend.name,
    top1,
    sizeBytes: float32SizeBytes(model.graph),
    seconds: Number(seconds.toFixed(2)),
    device: backend.description,
    engine: 'tfjs',
    finetuning,
    curve,
  };
}
