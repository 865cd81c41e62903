/**
 * Every bitwidth's ONNX file against the integer interpreter: read back, loaded in onnxruntime-web (WASM) and
 * onnxruntime-node, fused, equal in codes and in answers. One row a bitwidth:
 * `npx tsx scripts/checks/onnxChecks.ts --model resnet18 --weights FILE --dataset imagenette --data FILE --side 160 [--images 200] [--bits 8,7,6,5,4,3,2]`
 */
import { createHash } from 'node:crypto';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { InferenceSession } from 'onnxruntime-node';
import { normalize } from '../../src/data/normalize.ts';
import type { ImageSet } from '../../src/data/types.ts';
import { openStages } from '../../src/lab/stages/stages.ts';
import { nodeResources } from '../../src/lab/hosts/node.ts';
import { ptqSettings } from '../../src/contract/settings.ts';
import { runInteger } from '../../src/integer/reference/run.ts';
import { channelsFirst, channelsLast } from '../../src/onnx/layout.ts';
import { codesName, writeQdqOnnx } from '../../src/onnx/write/qdq.ts';
import { readOnnx } from '../../src/onnx/read/read.ts';
import { BITS, type QuantizedModel } from '../../src/quant/types.ts';
import { openNodeLane } from '../../src/runtime/node.ts';
import { closeSession, createSession, runOutputs } from '../../src/runtime/session.ts';
import { decide, top1 } from '../../src/base/answers.ts';
import { spread } from './nativeRuntime.ts';

/** Images a run; their codes of every tensor are compared for the first run. */
const BATCH = 10;

export type FileCheck = {
  readonly onnxBytes: number;
  readonly plainInt8Bytes: number;
  /** Whether our reader gives back the very model, from the packed and from the plain file. */
  readonly readBack: boolean;
  readonly loadsInNode: boolean;
  /** Operators of one run in WASM, by how often. */
  readonly operators: Readonly<Record<string, number>>;
  readonly codesCompared: number;
  readonly codesDiffering: number;
  readonly logitsDiffering: number;
  readonly images: number;
  readonly interpreterTop1: number;
  readonly runtimeTop1: number;
  readonly answersDiffering: number;
};

/** @param images of the network's size, with labels among its classes */
export async function checkFile(model: QuantizedModel, images: ImageSet): Promise<FileCheck> {
  const [bytes, plain] = [writeQdqOnnx(model), writeQdqOnnx(model, { weights: 'int8' })];
  const sameModel = [bytes, plain].every((file) =>
    isDeepStrictEqual(digest(readOnnx(file, 'file.onnx').model), digest(model)),
  );
  const native = await InferenceSession.create(bytes, { intraOpNumThreads: 1 });
  await native.release();

  const [height, width, channels] = model.graph.inputShape;
  const batches = Array.from({ length: Math.ceil(images.count / BATCH) }, (_, batch) =>
    Array.from({ length: Math.min(BATCH, images.count - batch * BATCH) }, (_image, i) => batch * BATCH + i),
  );
  const inputOf = (indices: readonly number[]) => normalize(images, indices, model.normalization);
  const lane = await openNodeLane(1);
  const laneInput = (indices: readonly number[]) => ({
    data: channelsFirst(inputOf(indices), indices.length, channels),
    dims: [indices.length, channels, height, width],
  });
  const opened = await lane.open(bytes, laneInput(batches[0]));
  const classes = model.classes.length;
  const ours = new Int32Array(images.count);
  const theirs = new Int32Array(images.count);
  let logitsDiffering = 0;
  for (const indices of batches) {
    const expected = runInteger(model, inputOf(indices), indices.length);
    const { logits } = await lane.run(opened.id, laneInput(indices));
    logitsDiffering += logits.reduce((sum, value, i) => sum + (value === expected[i] ? 0 : 1), 0);
    ours.set(decide(expected, classes).classes, indices[0]);
    theirs.set(decide(logits, classes).classes, indices[0]);
  }
  await lane.close(opened.id);
  return {
    onnxBytes: bytes.length,
    plainInt8Bytes: plain.length,
    readBack: sameModel,
    loadsInNode: true,
    operators: Object.fromEntries(opened.operators.map(({ operator, count }) => [operator, count])),
    ...(await compareCodes(model, inputOf(batches[0].slice(0, 2)), 2)),
    logitsDiffering,
    images: images.count,
    interpreterTop1: top1(ours, images.labels),
    runtimeTop1: top1(theirs, images.labels),
    answersDiffering: ours.reduce((sum, answer, i) => sum + (answer === theirs[i] ? 0 : 1), 0),
  };
}

/** Codes of every tensor, interpreter against ONNX Runtime's integer kernels. */
async function compareCodes(
  model: QuantizedModel,
  input: Float32Array,
  n: number,
): Promise<{ codesCompared: number; codesDiffering: number }> {
  const session = await createSession(writeQdqOnnx(model, { outputs: 'all' }));
  const outputs = await runOutputs(session, input);
  const total = { codesCompared: 0, codesDiffering: 0 };
  runInteger(model, input, n, {
    onTensor(tensor, codes) {
      const { data, dims } = outputs[codesName(tensor)];
      const theirs = channelsLast(data as Uint8Array, n, dims[1]);
      total.codesCompared += codes.length;
      total.codesDiffering += codes.reduce((sum, code, i) => sum + (code === theirs[i] ? 0 : 1), 0);
    },
  });
  await closeSession(session);
  return total;
}

/** The model as plain data, every array replaced by its type and hash. */
function digest(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) {
    return `${value.constructor.name} ${createHash('sha256')
      .update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
      .digest('hex')}`;
  }
  if (value instanceof Map)
    return [...value]
      .map(([key, each]) => [key, digest(each)])
      .toSorted(([a], [b]) => String(a).localeCompare(String(b)));
  if (Array.isArray(value)) return value.map(digest);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, digest(each)]));
}

async function main(): Promise<void> {
  const { values: args } = parseArgs({
    options: {
      model: { type: 'string', default: 'resnet20' },
      dataset: { type: 'string', default: 'cifar10-sample' },
      weights: { type: 'string' },
      data: { type: 'string' },
      side: { type: 'string' },
      images: { type: 'string', default: '200' },
      bits: { type: 'string', default: BITS.toReversed().join() },
      calibration: { type: 'string', default: '64' },
    },
  });
  const stages = await openStages(nodeResources(args.weights, undefined, args.data), 'wasm');
  const bench = {
    model: args.model,
    dataset: args.dataset,
    side: args.side === undefined ? undefined : Number(args.side),
    images: Number(args.images),
    seed: 1,
  };
  const given = Object.entries(args)
    .filter(([name]) => name !== 'bits')
    .map(([name, value]) => `--${name} ${name === 'weights' || name === 'data' ? 'FILE' : value}`);
  for (const bits of BITS.toReversed().filter((each) => args.bits.split(',').includes(String(each)))) {
    const { dataset } = await stages.subject(bench);
    const { quantized } = await stages.make({
      ...ptqSettings(bench, 'modern', bits),
      calibrationImages: Number(args.calibration),
    });
    if (!quantized) throw new Error('PTQ settings made no quantized model.');
    const check = await checkFile(quantized, spread(dataset.test, bench.images));
    console.log(
      JSON.stringify({
        model: args.model,
        dataset: args.dataset,
        side: dataset.test.height,
        classes: quantized.classes.length,
        scheme: 'modern',
        weightBits: bits,
        activationBits: bits,
        ...check,
        calibrationImages: Number(args.calibration),
        seed: 1,
        backend: 'onnxruntime-web 1.30 WASM in Node, 1 thread',
        command: `npx tsx scripts/checks/onnxChecks.ts ${given.join(' ')} --bits ${bits}`,
      }),
    );
  }
  process.exit(0);
}

if (process.argv[1]?.endsWith('onnxChecks.ts')) await main();
