/**
 * The experiment grid without a page, cell by cell, going on where it was cut:
 *
 *     npm run --silent grid -- --models resnet20 --datasets cifar10 --methods float32,ptq,qat --bits 8,4 --images 10000
 *
 * Rows go to --out (JSON lines), trainings under way to --checkpoints; --format csv, json or markdown prints all rows of
 * the grid at the end. --weights resnet18/cifar10=FILE,resnet50=FILE names the networks that are not bundled.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GridTools } from '../../src/lab/rpc/gridRun.ts';
import { requireNodeGpu } from '../checks/webgpu/nodeGpu.ts';
import { commitOf } from '../commit.ts';
import { parseGridArgs } from './gridArgs.ts';
import { parsedOrExit } from './parsedOrExit.ts';

const { grid, weights, backend, judge, data, out, checkpoints, format } = parsedOrExit(parseGridArgs);

async function run(): Promise<void> {
  // Before tfjs is loaded, which looks for a GPU then.
  if (backend === 'webgpu') await requireNodeGpu();
  const { openStages } = await import('../../src/lab/stages/stages.ts');
  const { comparedSubject } = await import('../../src/lab/stages/compared.ts');
  const { cellsOf, isRow } = await import('../../src/contract/grid/grid.ts');
  const { measureCell } = await import('../../src/lab/grid/cell.ts');
  const { recordsOf, runGrid } = await import('../../src/lab/rpc/gridRun.ts');
  const { EXPORTS } = await import('../../src/contract/grid/gridExport.ts');
  const { memoize } = await import('../../src/base/memoize.ts');
  const { nodeResources, PROJECT } = await import('../../src/lab/hosts/node.ts');
  const { fileStore } = await import('./gridStore.ts');

  const { version, dependencies } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as {
    version: string;
    dependencies: Record<string, string>;
  };
  const versions = { fewbit: version, tfjs: dependencies['@tensorflow/tfjs'], node: process.version };
  const weightsOf = ({ model, dataset }: { model: string; dataset: string }): string | undefined =>
    weights.get(`${model}/${dataset}`) ?? weights.get(model);
  const runtime =
    judge === 'onnxruntime'
      ? { ...(await import('./judge.ts')), ...(await import('../checks/nativeRuntime.ts')) }
      : null;
  const engineOf = memoize(async (file: string) => {
    const resources = nodeResources(file === '' ? undefined : file, checkpoints, data);
    const stages = await openStages({ ...resources, openNative: runtime?.openNative }, backend);
    return runtime ? runtime.judgedByRuntime(stages) : stages;
  });
  const store = fileStore(out);
  const provenance = { versions, commit: commitOf(PROJECT), ...(runtime && { runtime: runtime.RUNTIME }) };
  const tools: GridTools = {
    store,
    async measure(cell, control) {
      const file = weightsOf(cell.settings);
      const stages = await engineOf(file ?? '');
      const { against } = await comparedSubject(stages, cell.settings);
      const settings = against ? { ...cell.settings, against } : cell.settings;
      return measureCell({ ...cell, settings }, stages, { provenance, weights: file }, control);
    },
  };
  const report = ({ stage, done, total, unit }: { stage: string; done: number; total: number; unit: string }): void => {
    if (done % 100 === 0 || done === total) console.error(`  ${stage} ${done}/${total} ${unit}`);
  };
  for await (const { cell, record, done, total, secondsLeft } of runGrid(grid, tools, { report })) {
    const { model, dataset, method, scheme } = cell.settings;
    const left = secondsLeft === null ? '' : `, about ${Math.ceil(secondsLeft / 60)} min left`;
    console.error(
      `${done}/${total} ${model} ${dataset} ${method} ${scheme?.weightBits ?? 32}: ${isRow(record) ? `${(100 * record.top1).toFixed(2)}%${record.against ? ' agreement' : ''}` : record.error}${left}`,
    );
  }
  if (format === null) return;
  const cells = cellsOf(grid);
  const records = recordsOf(cells, await store.load());
  const rows = cells
    .map(({ key }) => records.get(key))
    .filter((record) => record !== undefined)
    .filter(isRow);
  process.stdout.write(EXPORTS[format](rows));
}

try {
  await run();
  process.exit(0);
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
