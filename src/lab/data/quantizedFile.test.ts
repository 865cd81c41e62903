/** A quantized file that was written here and brought again: measured, it gives the numbers of the network it was written from. */
import { describe, expect, test } from 'vitest';
import { normalizing, renamed, silent } from '../../onnx/testing/foreign.ts';
import { writeQdqOnnx } from '../../onnx/write/qdq.ts';
import { openStages, type Stages } from '../stages/stages.ts';
import { onnxBytes } from '../engines/onnxFile.ts';
import { nodeResources } from '../hosts/node.ts';
import { openQuantizedFile } from './quantizedFile.ts';
import { score } from '../race/score.ts';
import type { Resources } from '../resources.ts';
import { fileSettings, ptqSettings } from '../../contract/settings.ts';

const workload = { model: 'resnet20', dataset: 'cifar10-sample', images: 60, seed: 1 };
const settings = { ...ptqSettings(workload, 'modern', 3), calibrationImages: 32 };

/** Resources in which a file was brought. */
function bringing(file: () => Uint8Array, fileName = 'mine.onnx'): Resources {
  const own = nodeResources();
  return {
    ...own,
    readModel: async (name) =>
      name === 'quantized' ? { bytes: new Uint8Array(file()), fileName } : own.readModel(name),
  };
}

let file = new Uint8Array(0);
const open = (): Promise<Stages> =>
  openStages(
    bringing(() => file),
    'wasm',
  );

test('it is measured, and written again, as what it was written from', async () => {
  const stages = await open();
  const made = await stages.make(settings);
  file = new Uint8Array(onnxBytes(made));
  const opened = await stages.quantizedFile(workload);
  expect(opened.file).toMatch(/^mine\.onnx [0-9a-f]{8}$/);
  const asFile = fileSettings(workload, opened.file, opened.model.scheme);
  const [first, again] = [await stages.evaluate(settings), await stages.evaluate(asFile)];
  expect([...again.predictions]).toEqual([...first.predictions]);
  expect(again).toMatchObject({
    settings: asFile,
    top1: first.top1,
    sizeBytes: first.sizeBytes,
    onnxBytes: first.onnxBytes,
  });
  expect(Buffer.from(writeQdqOnnx(opened.model)).equals(file)).toBe(true);

  const later = await open();
  expect((await later.evaluate(asFile)).top1, 'after a reload').toBe(first.top1);
  await expect(later.make({ ...asFile, file: 'other.onnx 00000000' })).rejects.toThrow(
    'other.onnx 00000000 is not here any more: mine.onnx',
  );
});

test('it is measured and raced as the very file: one of whole bytes has its own size, and answers as the packed one', async () => {
  const stages = await open();
  const made = await stages.make(settings);
  file = new Uint8Array(onnxBytes(made, 'int8'));
  const opened = await stages.quantizedFile(workload);
  const asFile = fileSettings(workload, opened.file, opened.model.scheme);
  const again = await stages.make(asFile);
  expect(Buffer.from(onnxBytes(again, 'packed')).equals(file)).toBe(true);
  expect(file.length).toBeGreaterThan(1.5 * onnxBytes(made).length);
  expect(Buffer.from(onnxBytes(again, 'float32')).equals(onnxBytes(made, 'float32'))).toBe(true);
  const [ours, theirs] = [await score(stages, settings), await score(stages, asFile)];
  expect([...theirs.predictions]).toEqual([...ours.predictions]);
  expect(theirs.onnxBytes).toBe(file.length);
});

test('a file of another network, a float one, and none at all are refused with a sentence', async () => {
  const stages = await open();
  const made = await stages.make(settings);
  if (!made.quantized) throw new Error('nothing was quantized');
  file = new Uint8Array(
    onnxBytes({ ...made, quantized: { ...made.quantized, graph: { ...made.quantized.graph, name: 'resnet18' } } }),
  );
  await expect(stages.quantizedFile(workload)).rejects.toThrow(
    /mine\.onnx [0-9a-f]+ holds a resnet18 of 32 x 32 images and 10 classes .*, but a resnet20 of 32 x 32/,
  );
  file = new Uint8Array(
    onnxBytes({ ...made, quantized: { ...made.quantized, classes: made.quantized.classes.toReversed() } }),
  );
  await expect(stages.quantizedFile(workload)).rejects.toThrow(/holds a resnet20 .* \(truck, ship, horse, …\), but/);
  file = new Uint8Array(onnxBytes(made, 'float32'));
  await expect(stages.quantizedFile(workload)).rejects.toThrow('mine.onnx is not quantized: it is a float network');
  await expect(openQuantizedFile(nodeResources())).rejects.toThrow();
});

describe('a file of ONNX Runtime’s own tools', () => {
  test('is measured and raced as what it holds, whatever it calls its input and output', async () => {
    const stages = await open();
    const made = await stages.make({ ...settings, ...ptqSettings(workload, 'modern', 8), calibrationImages: 32 });
    file = new Uint8Array(renamed(silent(onnxBytes(made, 'int8')), { input: 'data', logits: 'scores (raw)' }));
    const opened = await stages.quantizedFile(workload);
    expect([opened.isPlain, opened.normalization]).toEqual([true, null]);
    const asFile = fileSettings(workload, opened.file, opened.model.scheme);
    const again = await stages.make(asFile);
    expect(again.quantized?.normalization, 'it says none: the network’s').toEqual(made.model.normalization);
    expect((await stages.make(asFile)).quantized, 'the same object').toBe(again.quantized);
    const ours = { ...ptqSettings(workload, 'modern', 8), calibrationImages: 32 };
    expect([...(await stages.evaluate(asFile)).predictions]).toEqual([...(await stages.evaluate(ours)).predictions]);
    expect([...(await score(stages, asFile)).predictions]).toEqual([...(await score(stages, ours)).predictions]);
  }, 60_000);

  test('whose graph normalizes its input is fed pixels once normalized: it is written anew', async () => {
    const stages = await open();
    const ours = { ...ptqSettings(workload, 'modern', 8), calibrationImages: 32 };
    const made = await stages.make(ours);
    file = new Uint8Array(normalizing(silent(onnxBytes(made, 'int8')), made.model.normalization));
    const opened = await stages.quantizedFile(workload);
    expect(opened.isPlain).toBe(false);
    opened.normalization?.mean.forEach((mean, c) => expect(mean).toBeCloseTo(made.model.normalization.mean[c], 5));
    const asFile = fileSettings(workload, opened.file, opened.model.scheme);
    const [theirs, own] = [await score(stages, asFile), await score(stages, ours)];
    expect([...theirs.predictions]).toEqual([...own.predictions]);
    expect([...(await stages.evaluate(asFile)).predictions]).toEqual([...(await stages.evaluate(ours)).predictions]);
  }, 60_000);
});
