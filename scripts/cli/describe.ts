/** `--method describe`: what the images hold, before anything is measured on them. */
import { readFile } from 'node:fs/promises';
import type { NormalizationName } from '../../src/contract/calls/data.ts';
import { describeWeights, type WeightsDescription } from '../../src/lab/data/modelFile.ts';
import { describeDataset, withFilesBeside } from '../../src/lab/hosts/node.ts';
import type { ExperimentArgs } from './experimentArgs.ts';

export async function describeRow(args: ExperimentArgs): Promise<object> {
  const { dataset, data, weights, normalization } = args;
  const images = await describeDataset(dataset, data, args);
  const network = weights === undefined ? {} : networkRow(await describeFile(weights, normalization));
  return { method: 'describe', dataset, ...images, ...network };
}

/** The file's own notes go by a name of their own: `warnings` and `notes` are the images'. */
function networkRow({ notes, classes, ...description }: WeightsDescription): object {
  return { ...description, outputs: classes, weightNotes: notes };
}

/** What a .safetensors or .onnx file holds. @throws Error naming the file, where it cannot be read or imported */
export async function describeFile(
  weights: string,
  normalization: NormalizationName | undefined,
): Promise<WeightsDescription> {
  const bytes = await readFile(weights).catch((cause: unknown) => {
    throw new Error(`${weights} cannot be read: give a .safetensors or .onnx file that exists.`, { cause });
  });
  return describeWeights(await withFilesBeside(new Uint8Array(bytes), weights), weights, normalization);
}
