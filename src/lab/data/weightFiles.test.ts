import 'fake-indexeddb/auto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startFaultServer } from '../../../e2e/server.ts';
import type { FaultServer } from '../../../e2e/server.ts';
import { openCache } from '../../data/store/database.ts';
import type { Cache } from '../../data/store/database.ts';
import { PART_BYTES } from '../../data/download/parts.ts';
import { WEIGHT_FILES } from '../../data/sources.ts';
import { initialWeights } from '../../graph/init.ts';
import { mobilenetV2 } from '../../graph/networks/mobilenet.ts';
import { resnet18, resnet20 } from '../../graph/networks/resnet.ts';
import type { Graph } from '../../graph/types.ts';
import { addNode, newOnnxBuilder, serializeModel, valueInfo } from '../../onnx/write/builder.ts';
import { writeQdqOnnx } from '../../onnx/write/qdq.ts';
import { seededFloatModel, withSeededWeights } from '../../onnx/testing/seededModel.ts';
import { torchExport } from '../../onnx/testing/torchExport.ts';
import { schemeFor } from '../../quant/schemes.ts';
import { writeModel } from '../../weights/model.ts';
import { fileOfMobile, timm, torchvision } from '../../weights/testing/mobileNames.ts';
import type { ImportFrom, ImportReport } from '../../contract/calls/data.ts';
import { readModelFile } from './modelFile.ts';
import { describeKept, importWeights, isWeights, listWeights, readWeights, removeWeights } from './weightFiles.ts';

const fileOf = (graph: Graph, classes: readonly string[]): Uint8Array<ArrayBuffer> =>
  writeModel(
    { graph, weights: initialWeights(graph, 1), normalization: { mean: [0, 0, 0], std: [1, 1, 1] }, classes },
    'F16',
    { source: 'a test', licence: 'none' },
  );

const RESNET18 = fileOf(resnet18({ classes: 2 }), ['a', 'b']);
const SMALL = seededFloatModel(resnet20(2));
const FLOAT_ONNX = new Uint8Array(torchExport(SMALL));
const QUANTIZED = new Uint8Array(writeQdqOnnx(withSeededWeights(resnet20(2), schemeFor('modern', 4, 4))));

/** One operator, and none that can be imported. */
function sigmoidFile(): Uint8Array<ArrayBuffer> {
  const builder = newOnnxBuilder();
  addNode(builder, 'Sigmoid', ['input'], 'out');
  return new Uint8Array(
    serializeModel(builder, 'g', [valueInfo('input', 1, ['n', 3, 8, 8])], [valueInfo('out', 1, ['n', 3, 8, 8])], {}),
  );
}
const SIGMOID = sigmoidFile();

const RESNET20 = fileOf(resnet20(2), ['a', 'b']);

let server: FaultServer;
let cache: Cache;
let databases = 0;

beforeAll(async () => {
  server = await startFaultServer({ 'mine.safetensors': RESNET18 });
});
afterAll(() => server.close());
beforeEach(async () => {
  cache = await openCache(`weights-${databases++}`);
});
afterEach(() => {
  server.mend();
  cache.close();
});

const shelf = () => ({ cache, memory: new Map() });
const link = (): ImportFrom => ({ kind: 'link', url: `${server.url}mine.safetensors` });
const dropped = (content: Uint8Array<ArrayBuffer>, name: string): ImportFrom => ({
  kind: 'files',
  files: [{ path: name, file: new File([content], name) }],
});
const stored = async (): Promise<number> =>
  (await cache.count('chunks')) +
  (await cache.count('parts')) +
  (await cache.count('datasets')) +
  (await cache.count('downloads'));
const row = async (model: string) => (await listWeights(shelf())).find((weights) => weights.model === model);

test('a link brings weights, named by what they hold, and they stay', async () => {
  const reports: ImportReport[] = [];
  expect(await importWeights(shelf(), null, link(), { onProgress: (report) => reports.push(report) })).toEqual({
    name: 'weights:resnet18',
    message: null,
  });
  expect(reports.at(-1)).toEqual({ doneBytes: RESNET18.length, totalBytes: null, images: null });
  expect(await row('resnet18')).toMatchObject({
    state: 'ready',
    from: 'mine.safetensors',
    totalBytes: RESNET18.length,
    verified: 'first use',
    storage: 'indexeddb',
  });
  const { bytes, fileName } = await readWeights(shelf(), 'resnet18');
  expect([Buffer.from(bytes).equals(RESNET18), fileName]).toEqual([true, 'mine.safetensors']);
  await removeWeights(shelf(), 'resnet18');
  expect(await stored()).toBe(0);
  await expect(readWeights(shelf(), 'resnet18')).rejects.toMatchObject({
    code: 'absent',
    message: expect.stringContaining('The weights of ResNet-18 are not here yet. Download them'),
  });
});

test('a download that is cut goes on, and shows how far it came', async () => {
  server.breakNext({ kind: 'cut', at: PART_BYTES + 100 }, 1);
  await importWeights(shelf(), 'weights:resnet18', link());
  expect((await readWeights(shelf(), 'resnet18')).bytes.length).toBe(RESNET18.length);
  await removeWeights(shelf(), 'resnet18');
  const { url } = WEIGHT_FILES.resnet18;
  await cache.put('downloads', { url, validator: '"1"', bytes: null, parts: 3 });
  expect(await row('resnet18')).toMatchObject({
    state: 'partial',
    doneBytes: 3 * PART_BYTES,
    totalBytes: WEIGHT_FILES.resnet18.bytes,
  });
});

test('a dropped file is kept, in place of the one before', async () => {
  await importWeights(shelf(), null, link());
  expect(await importWeights(shelf(), null, dropped(RESNET18, 'ours.safetensors'))).toEqual({
    name: 'weights:resnet18',
    message: null,
  });
  expect(await row('resnet18')).toMatchObject({ state: 'ready', from: 'ours.safetensors' });
});

test('networks that have no download go to the places for one’s own: float by any format, quantized as a file', async () => {
  expect(await importWeights(shelf(), null, dropped(RESNET20, 'b.safetensors'))).toEqual({
    name: 'weights:own',
    message: null,
  });
  expect(await importWeights(shelf(), null, dropped(FLOAT_ONNX, 'theirs.onnx'), { normalization: 'signed' })).toEqual({
    name: 'weights:own',
    message: null,
  });
  const { bytes, fileName } = await readWeights(shelf(), 'own');
  expect(fileName).toBe('theirs.onnx');
  expect(readModelFile(bytes, fileName)).toMatchObject({
    kind: 'float32',
    model: { graph: { name: 'resnet20' }, normalization: { mean: [0.5, 0.5, 0.5] } },
  });
  expect(await importWeights(shelf(), null, dropped(QUANTIZED, 'q.onnx'))).toEqual({
    name: 'weights:quantized',
    message: null,
  });
  expect(Buffer.from((await readWeights(shelf(), 'quantized')).bytes).equals(QUANTIZED)).toBe(true);
  expect(await row('quantized')).toMatchObject({ state: 'ready', from: 'q.onnx', source: null, verified: 'first use' });
  await removeWeights(shelf(), 'quantized');
  expect(await row('quantized')).toMatchObject({ state: 'absent', totalBytes: null });
  await expect(readWeights(shelf(), 'quantized')).rejects.toThrow(
    'Your quantized file is not here yet. Bring the file on the data screen.',
  );
});

test.each([
  ['torchvision', torchvision],
  ['timm', timm],
])("a MobileNetV2 under %s's names is brought like a ResNet, and said for what it is", async (_, naming) => {
  const graph = mobilenetV2({ width: 0.35, classes: 4 });
  const bytes = fileOfMobile(graph, initialWeights(graph, 1), naming);
  expect(await isWeights(null, dropped(bytes, 'mobile.safetensors'))).toBe(true);
  expect(await importWeights(shelf(), null, dropped(bytes, 'mobile.safetensors'))).toEqual({
    name: 'weights:own',
    message: null,
  });
  const described = await describeKept(shelf(), 'own');
  expect(described).toMatchObject({
    architecture: 'mobilenet_v2-0.35',
    inputSize: 224,
    classes: 4,
    bits: 32,
    normalization: { reason: 'convention' },
  });
  expect(described.layers).toHaveLength(53);
});

test.each([
  [
    'another network than the one asked for',
    'weights:resnet50',
    dropped(RESNET18, 'a.safetensors'),
    'a.safetensors holds a ResNet-18, not a ResNet-50',
  ],
  [
    'a quantized file for a float network',
    'weights:own',
    dropped(QUANTIZED, 'q.onnx'),
    'q.onnx holds a quantized network, not a float one',
  ],
  [
    'a float network for a quantized file',
    'weights:quantized',
    dropped(RESNET20, 'b.safetensors'),
    'b.safetensors holds a resnet20, not a quantized one',
  ],
  [
    'an operator that no ResNet has',
    null,
    dropped(SIGMOID, 's.onnx'),
    's.onnx: the operator Sigmoid (out) cannot be imported',
  ],
  ['a file that is cut short', null, dropped(RESNET18.slice(0, 1_000_000), 'c.safetensors'), 'c.safetensors'],
  ['several files', 'weights:resnet18', { kind: 'files', files: [] } as const, '0 files were given'],
])('%s is refused and nothing stays', async (_, name, from, message) => {
  await expect(importWeights(shelf(), name, from)).rejects.toThrow(message);
  expect(await stored()).toBe(0);
});

test('a web page in place of the weights is refused', async () => {
  server.breakNext({ kind: 'page' });
  await expect(importWeights(shelf(), null, link())).rejects.toThrow('web page');
  expect(await stored()).toBe(0);
});

test('weights are told from datasets by their name, their link, or their content', async () => {
  const archive: ImportFrom = {
    kind: 'files',
    files: [{ path: 'x.tgz', file: new File([new Uint8Array([0x1f, 0x8b])], 'x.tgz') }],
  };
  expect(await isWeights('weights:resnet50', archive)).toBe(true);
  expect(await isWeights(null, archive)).toBe(false);
  expect(await isWeights(null, dropped(RESNET20, 'no-ending'))).toBe(true);
  expect(await isWeights(null, dropped(QUANTIZED, 'q.onnx'))).toBe(true);
  expect(await isWeights(null, link())).toBe(true);
  expect(await isWeights('cifar10', { kind: 'link', url: `${server.url}a.tgz` })).toBe(false);
});
