/** What src/lab says of one layer, from a process of its own: the layer screens must show these very numbers. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { LayerAnswer, LayerQuestion } from './layerTwinProcess.ts';

/** @throws with what the process said when it fails */
export async function runLayerTwin(question: LayerQuestion): Promise<LayerAnswer> {
  const { stdout } = await promisify(execFile)('npx', ['tsx', 'e2e/layerTwinProcess.ts', JSON.stringify(question)], {
    maxBuffer: 2 ** 24,
  });
  return JSON.parse(stdout) as LayerAnswer;
}
