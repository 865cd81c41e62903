/** `--method describe`: what the images hold, before anything is measured on them. */
import { describeDataset } from '../../src/lab/hosts/node.ts';
import type { ExperimentArgs } from './experimentArgs.ts';

export async function describeRow(args: ExperimentArgs): Promise<object> {
  const { dataset, data } = args;
  return { method: 'describe', dataset, ...(await describeDataset(dataset, data, args)) };
}
