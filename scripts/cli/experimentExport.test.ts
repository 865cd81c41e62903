/** What `--export` writes, and `--weights` takes again: the files of one run, read back and measured by another. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { unzipped } from '../../src/data/archives/writeZip.ts';
import { readOnnx } from '../../src/onnx/read/read.ts';
import { torchExport } from '../../src/onnx/testing/torchExport.ts';
import { float32Settings, ptqSettings } from '../../src/contract/settings.ts';
import { readModel } from '../../src/weights/model.ts';
import { readTfjs, SIGNED } from '../../src/weights/tfjs/read.ts';
import { exportFiles } from './exportFiles.ts';

const folder = mkdtempSync(join(tmpdir(), 'fewbit-export-'));
afterAll(() => rmSync(folder, { recursive: true }));

const twin = (...more: readonly string[]): Promise<{ readonly stdout: string }> =>
  promisify(execFile)('npx', ['tsx', 'scripts/cli/experiment.ts', '--images', '50', '--calibration', '32', ...more]);
const rowsOf = ({
  stdout,
}: {
  readonly stdout: string;
}): readonly { readonly top1: number; readonly float32Top1: number; readonly onnxBytes: number }[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
const file = (name: string): Uint8Array => readFileSync(join(folder, name));

test('float32, float16 and every bitwidth are written, and the float file measures as it did before', async () => {
  const rows = rowsOf(await twin('--bits', '8,3', '--export', folder));
  const float = 'resnet20-cifar10-sample-';
  const base = `${float}ptq-modern-`;
  expect(readdirSync(folder).sort()).toEqual([
    `${float}float16.onnx`,
    `${float}float32.onnx`,
    `${base}w3a3.onnx`,
    `${base}w8a8.onnx`,
  ]);
  for (const [i, end] of ['w8a8', 'w3a3'].entries()) expect(file(`${base}${end}.onnx`).length).toBe(rows[i].onnxBytes);
  expect(readOnnx(file(`${base}w3a3.onnx`), 'a.onnx')).toMatchObject({
    kind: 'quantized',
    model: { scheme: { weightBits: 3 } },
  });
  expect(file(`${float}float16.onnx`).length / file(`${float}float32.onnx`).length).toBeLessThan(0.52);

  const again = rowsOf(await twin('--bits', '3', '--weights', join(folder, `${float}float32.onnx`)));
  expect(again[0]).toMatchObject({
    float32Top1: rows[1].float32Top1,
    top1: rows[1].top1,
    onnxBytes: rows[1].onnxBytes,
  });
  await expect(twin('--weights', join(folder, `${base}w8a8.onnx`))).rejects.toMatchObject({
    stderr: expect.stringContaining('holds a network that is quantized already (8 bits, modern)'),
  });

  const bundled = 'public/models/resnet20-cifar10.safetensors';
  writeFileSync(join(folder, 'theirs.onnx'), torchExport(readModel(new Uint8Array(readFileSync(bundled)), bundled)));
  const theirs = rowsOf(
    await twin(
      '--method',
      'float32',
      '--model',
      'own',
      '--weights',
      join(folder, 'theirs.onnx'),
      '--normalization',
      'cifar10',
    ),
  );
  expect(theirs[0].top1).toBe(rows[0].float32Top1);
});

test('layers models are zips of model.json, weights.bin and metadata.json, one for each bitwidth and none in floats', async () => {
  const own = mkdtempSync(join(folder, 'tfjs-'));
  await twin('--bits', '8,3', '--export-tfjs', own);
  const base = 'resnet20-cifar10-sample-ptq-modern-';
  expect(readdirSync(own).sort()).toEqual([`${base}w3a3-tfjs.zip`, `${base}w8a8-tfjs.zip`]);
  const filesOf = (name: string): Record<string, Uint8Array> => unzipped(readFileSync(join(own, name)));
  const three = filesOf(`${base}w3a3-tfjs.zip`);
  expect(Object.keys(three).sort()).toEqual(['metadata.json', 'model.json', 'weights.bin']);
  // TensorFlow.js knows no fewer than eight bits.
  expect(three['weights.bin'].length).toBe(filesOf(`${base}w8a8-tfjs.zip`)['weights.bin'].length);
  const files = {
    model: Uint8Array.from(three['model.json']),
    shards: new Map([['weights.bin', Uint8Array.from(three['weights.bin'])]]),
    metadata: Uint8Array.from(three['metadata.json']),
    chosen: null,
  };
  const { model } = readTfjs(files, 'w3a3-tfjs.zip', { assumed: SIGNED, inputSize: 224 });
  expect(model.classes).toHaveLength(10);
  expect(model.graph.inputShape).toEqual([32, 32, 3]);
});

test('networks of several bit budgets have names of their own; one keeps the plain name', () => {
  const workload = { model: 'resnet20', dataset: 'cifar10', images: 10, seed: 1 };
  const budget = (name: string) => {
    const settings = ptqSettings(workload, 'modern', 8);
    return { ...settings, scheme: settings.scheme && { ...settings.scheme, name } };
  };
  const namesOf = (mixed: readonly number[] | undefined, ...schemes: readonly string[]): readonly string[] =>
    exportFiles(
      { method: 'ptq', scheme: 'modern', container: 'packed', mixed },
      workload,
      float32Settings(workload),
      schemes.map(budget),
    ).map(({ fileName }) => fileName);
  expect(namesOf([4, 3], 'modern+mixed:4.00', 'modern+mixed:3.00').slice(2)).toEqual([
    'resnet20-cifar10-ptq-modern+mixed_4.00-w8a8.onnx',
    'resnet20-cifar10-ptq-modern+mixed_3.00-w8a8.onnx',
  ]);
  expect(namesOf([4], 'modern+mixed:4.00')).toEqual(
    ['float32.onnx', 'float16.onnx', 'ptq-modern-w8a8.onnx'].map((end) => `resnet20-cifar10-${end}`),
  );
  expect(namesOf(undefined, 'modern+gptq').at(-1)).toBe('resnet20-cifar10-ptq-modern+gptq-w8a8.onnx');
});
