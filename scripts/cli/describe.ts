/** `--method describe`: what the images hold, before anything is measured on them. */
import type { NormalizationName, WeightsDescription } from '../../src/contract/calls/data.ts';
import { describeWeights } from '../../src/lab/data/describeWeights.ts';
import { assumedOrder } from '../../src/lab/heads/fitModel.ts';
import { describeDataset } from '../../src/lab/hosts/node.ts';
import { readNetworkAt } from '../../src/lab/hosts/networkNode.ts';
import type { ExperimentArgs } from './experimentArgs.ts';

export async function describeRow(args: ExperimentArgs): Promise<object> {
  const { dataset, data, weights, normalization } = args;
  const images = await describeDataset(dataset, data, args);
  if (weights === undefined) return { method: 'describe', dataset, ...images };
  const { notes, classes, ...description } = await describeFile(weights, normalization);
  const known = Array.from({ length: classes }, (_, i) => `class ${i}`);
  const order = description.namesClasses
    ? null
    : assumedOrder(
        known,
        images.classes.map(({ name }) => name),
      );
  return {
    method: 'describe',
    dataset,
    ...images,
    ...description,
    // The file's own notes go by a name of their own: `warnings` and `notes` are the images'.
    outputs: classes,
    weightNotes: notes,
    ...(order !== null && { classOrder: order }),
  };
}

/** What a file of a network holds. @throws Error naming the file, where it cannot be read or imported */
export async function describeFile(
  weights: string,
  normalization: NormalizationName | undefined,
): Promise<WeightsDescription> {
  return describeWeights(await readNetworkAt(weights), weights, normalization);
}
