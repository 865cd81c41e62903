/** What `--export` of the headless twin writes: the float network in both precisions, and each quantized one. */
import type { FileForm } from '../../src/contract/calls/race.ts';
import { exportName, type Workload } from '../../src/contract/settings.ts';
import type { ExperimentArgs } from './experimentArgs.ts';
import type { RunSettings } from '../../src/contract/run.ts';

export type ExportFile = { readonly settings: RunSettings; readonly form: FileForm; readonly fileName: string };

/** Networks of several bit budgets share their base bits: their schemes' names tell them apart. */
export function exportFiles(
  args: Pick<ExperimentArgs, 'method' | 'scheme' | 'container' | 'mixed'>,
  workload: Workload,
  float: RunSettings,
  quantized: readonly RunSettings[],
): readonly ExportFile[] {
  const several = (args.mixed?.length ?? 0) > 1;
  const nameOf = ({ scheme }: RunSettings): string =>
    exportName(
      workload,
      args.method,
      several && scheme ? scheme.name : args.scheme,
      scheme?.weightBits ?? 32,
      scheme?.activationBits ?? 32,
    );
  return [
    { settings: float, form: 'float32', fileName: `${nameOf(float)}.onnx` },
    { settings: float, form: 'float16', fileName: `${nameOf(float)}-float16.onnx` },
    ...quantized.map((settings) => ({ settings, form: args.container, fileName: `${nameOf(settings)}.onnx` })),
  ];
}
