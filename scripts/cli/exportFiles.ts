/** What `--export` of the headless twin writes: the float network in both precisions, and each quantized one. */
import type { FileForm } from '../../src/contract/calls/race.ts';
import { exportName, floatExportName, schemeTitle, type Workload } from '../../src/contract/settings.ts';
import type { ExperimentArgs } from './experimentArgs.ts';
import type { RunSettings } from '../../src/contract/run.ts';

export type ExportFile = { readonly settings: RunSettings; readonly form: FileForm; readonly fileName: string };

/**
 * Every choice that makes another network is in its file's name: the scheme's name tells of ranges, repairs and layers.
 * A bit budget is told where there are several. The float network has neither method nor scheme.
 */
export function exportFiles(
  args: Pick<ExperimentArgs, 'method' | 'scheme' | 'container' | 'mixed'>,
  workload: Workload,
  float: RunSettings,
  quantized: readonly RunSettings[],
): readonly ExportFile[] {
  const several = (args.mixed?.length ?? 0) > 1;
  const schemeOf = ({ scheme }: RunSettings): string => {
    const name = schemeTitle(scheme, args.scheme);
    return several ? name : name.replace(/\+mixed[^+]*/, '');
  };
  const nameOf = (settings: RunSettings): string =>
    exportName(
      workload,
      args.method,
      schemeOf(settings),
      settings.scheme?.weightBits ?? 32,
      settings.scheme?.activationBits ?? 32,
    );
  return [
    { settings: float, form: 'float32', fileName: `${floatExportName(workload)}-float32.onnx` },
    { settings: float, form: 'float16', fileName: `${floatExportName(workload)}-float16.onnx` },
    ...quantized.map((settings) => ({ settings, form: args.container, fileName: `${nameOf(settings)}.onnx` })),
  ];
}
