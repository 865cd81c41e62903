/** The judge of the integers: the interpreter against ONNX Runtime's integer kernels, code for code. */
import * as nativeOrt from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { evaluationBatches } from '../src/data/batches.ts';
import { inferShapes, inputsOf } from '../src/graph/shapes.ts';
import { INPUT } from '../src/graph/types.ts';
import type { TensorName } from '../src/graph/types.ts';
import type { AddFormula } from '../src/integer/reference/add.ts';
import { addingModel, everyPairOfCodes, summingModel, uint8Grid } from '../src/integer/testing/cornerModels.ts';
import { randomMobile } from '../src/integer/testing/randomMobile.ts';
import { randomImages, randomModel } from '../src/integer/testing/randomModel.ts';
import { runInteger, runLayer } from '../src/integer/reference/run.ts';
import { channelsFirst, channelsLast } from '../src/onnx/layout.ts';
import { codesName, writeQdqOnnx } from '../src/onnx/write/qdq.ts';
import type { Bits, QuantizedModel } from '../src/quant/types.ts';
import { closeSession, createSession, runOutputs } from '../src/runtime/session.ts';
import { openStages } from '../src/lab/stages/stages.ts';
import { memoize } from '../src/base/memoize.ts';
import { nodeResources } from '../src/lab/hosts/node.ts';
import { ptqSettings } from '../src/contract/settings.ts';

/** A model and normalized images [n, H, W, C] for it. */
type Case = { readonly model: QuantizedModel; readonly input: Float32Array; readonly n: number };

/** A run's results: codes [n, H, W, C] of every quantized tensor, and the logits [n, classes]. */
type Outcome = { readonly codes: ReadonlyMap<TensorName, Uint8Array>; readonly logits: Float32Array };

type Runner = (given: Case) => Promise<Outcome>;

/** Random networks, of about ten layers each: a session opens in 1 ms natively, in 90 ms in WebAssembly. */
const CASES = { native: 1000, web: 100, float: 60 } as const;
const MINUTE = 60_000;

/** ONNX Runtime's ARM kernels add in fixed point, which the interpreter does not follow: WebAssembly judges there. */
const FOLLOWS_NATIVE = process.arch === 'x64';
if (!FOLLOWS_NATIVE) console.info(`Skipped on ${process.arch}: native ONNX Runtime adds by another formula here.`);

describe('onnxruntime-web, WebAssembly', () => judge(web, 'portable', CASES.web));
describe.skipIf(!FOLLOWS_NATIVE)('onnxruntime-node, x86-64', () => judge(native('all'), 'avx2', CASES.native));
describe('the unoptimized QDQ graph, which computes in float', () => judgeFloat(native('disabled')));

/** The integer kernels, and the formula of their addition: nothing may differ. */
function judge(run: Runner, addFormula: AddFormula, cases: number): void {
  const expectEqual = async (given: Case, what: string): Promise<void> => {
    const theirs = await run(given);
    const ours = interpret(given, addFormula);
    for (const [tensor, codes] of ours.codes) {
      expect(compare(codes, found(theirs.codes, tensor)), `${what}, ${tensor}`).toEqual({ differing: 0, most: 0 });
    }
    expect(theirs.logits, `${what}, logits`).toEqual(ours.logits);
  };

  test(
    `${cases} random networks give the same codes, tensor by tensor, and the same logits`,
    async () => {
      for (let seed = 1; seed <= cases; seed++) await expectEqual(randomCase(seed), `seed ${seed}`);
    },
    5 * MINUTE,
  );

  test(
    `${cases} random networks with depthwise layers do, too`,
    async () => {
      for (let seed = 1; seed <= cases; seed++) await expectEqual(mobileCase(seed), `seed ${seed}`);
    },
    5 * MINUTE,
  );

  test.each([8, 4] as const)(
    'ResNet-20 at %i bits gives the same codes on 64 images',
    async (bits) => {
      await expectEqual(await resnet20(bits), `${bits} bits`);
    },
    5 * MINUTE,
  );

  /** Scales in small whole ratios, which float32 does not hold exactly: many sums lie within an ulp of a tie. */
  test.each([
    [0.1, 0.3, 0.2, 0, 0, 0],
    [0.1, 0.1, 0.6, 131, 7, 100],
    [0.7, 0.5, 0.6, 255, 0, 33],
    [0.13261407613754272, 0.3978422284126282, 0.7956844568252563, 205, 104, 152],
    [3.4238381385803223, 0.6847676038742065, 4.10860538482666, 176, 85, 168],
    [0.0009, 0.0003, 0.0006, 128, 127, 255],
  ])('all pairs of codes add to the same code: %f + %f -> %f, zero points %i, %i, %i', async (a, b, sum, za, zb, z) => {
    const model = addingModel(uint8Grid(a, za), uint8Grid(b, zb), uint8Grid(sum, z));
    await expectEqual({ model, input: everyPairOfCodes(), n: 1 }, 'all pairs');
  });

  test.each([127, -127])('the largest sums do not saturate: every input 255, every weight %i', async (weight) => {
    await expectEqual({ model: summingModel(weight), input: new Float32Array(8 * 8 * 64).fill(255), n: 1 }, 'sums');
  });
}

/**
 * Float arithmetic moves a value near a tie to the next code. A layer is judged on the operands the float graph itself
 * gave it: otherwise one early step could grow into several in the layers behind it.
 */
function judgeFloat(run: Runner): void {
  const count = async (given: Case, what: string): Promise<{ codes: number; differing: number }> => {
    const { model } = given;
    const theirs = (await run(given)).codes;
    const shapes = inferShapes(model.graph);
    const total = { codes: 0, differing: 0 };
    for (const node of model.graph.nodes) {
      if (node.kind === 'linear') continue;
      const operands = inputsOf(node).map((tensor) => found(theirs, tensor));
      const codes = runLayer(model, shapes, node, operands, 'portable');
      const steps = compare(codes, found(theirs, node.name));
      expect(steps.most, `${what}, ${node.name}`).toBeLessThanOrEqual(1);
      total.codes += codes.length;
      total.differing += steps.differing;
    }
    return total;
  };

  test(
    `${CASES.float} random networks part from it by at most one step a layer`,
    async () => {
      const total = { codes: 0, differing: 0 };
      for (let seed = 1; seed <= CASES.float; seed++) {
        const { codes, differing } = await count(randomCase(seed), `seed ${seed}`);
        total.codes += codes;
        total.differing += differing;
      }
      console.info(`Random networks: ${total.differing} of ${total.codes} codes part by one step.`);
      expect(total.differing / total.codes).toBeLessThan(0.01);
    },
    5 * MINUTE,
  );

  test.each([8, 4] as const)(
    'ResNet-20 at %i bits parts from it by at most one step a layer',
    async (bits) => {
      const { codes, differing } = await count(await resnet20(bits), `${bits} bits`);
      console.info(`ResNet-20 at ${bits} bits: ${differing} of ${codes} codes part by one step.`);
      expect(differing / codes).toBeLessThan(0.001);
    },
    5 * MINUTE,
  );
}

function randomCase(seed: number): Case {
  const model = randomModel(seed);
  return { model, input: randomImages(model, 2, seed), n: 2 };
}

function mobileCase(seed: number): Case {
  const model = randomMobile(seed);
  return { model, input: randomImages(model, 2, seed), n: 2 };
}

const engine = memoize(() => openStages(nodeResources(), 'wasm'));

/** The bundled ResNet-20 after PTQ with the modern preset, and the first 64 test images of the bundled sample. */
async function resnet20(bits: Bits): Promise<Case> {
  const bench = { model: 'resnet20', dataset: 'cifar10-sample', images: 64, seed: 1 };
  const lab = await engine();
  const { quantized: model } = await lab.make({ ...ptqSettings(bench, 'modern', bits), calibrationImages: 128 });
  if (!model) throw new Error('PTQ settings made no quantized model');
  const { dataset } = await lab.subject(bench);
  const options = { batchSize: bench.images, normalization: model.normalization, count: bench.images };
  const [batch] = evaluationBatches(dataset.test, options);
  return { model, input: batch.images, n: bench.images };
}

function interpret({ model, input, n }: Case, addFormula: AddFormula): Outcome {
  const codes = new Map<TensorName, Uint8Array>();
  const onTensor = (name: TensorName, values: Uint8Array): void => void codes.set(name, values);
  return { logits: runInteger(model, input, n, { onTensor, addFormula }), codes };
}

async function web({ model, input, n }: Case): Promise<Outcome> {
  const session = await createSession(writeQdqOnnx(model, { outputs: 'all' }));
  try {
    return outcome(model, await runOutputs(session, input), n);
  } finally {
    await closeSession(session);
  }
}

/** x64quantprecision: where the processor lacks VNNI, weights become uint8, or pairs of products saturate in int16. */
function native(graphOptimizationLevel: 'all' | 'disabled'): Runner {
  return async ({ model, input, n }) => {
    const session = await nativeOrt.InferenceSession.create(writeQdqOnnx(model, { outputs: 'all' }), {
      graphOptimizationLevel,
      intraOpNumThreads: 1,
      extra: { session: { x64quantprecision: '1' } },
    });
    try {
      const [height, width, channels] = model.graph.inputShape;
      const pixels = channelsFirst(input, n, channels);
      const tensor = new nativeOrt.Tensor('float32', pixels, [n, channels, height, width]);
      return outcome(model, await session.run({ [INPUT]: tensor }), n);
    } finally {
      await session.release();
    }
  };
}

type OrtOutputs = Readonly<Record<string, { readonly data: unknown; readonly dims: readonly number[] }>>;

function outcome(model: QuantizedModel, outputs: OrtOutputs, n: number): Outcome {
  const codes = [...model.activations.keys()].map((tensor) => {
    const { data, dims } = outputs[codesName(tensor)];
    return [tensor, channelsLast(data as Uint8Array, n, dims[1])] as const;
  });
  return { codes: new Map(codes), logits: outputs['logits'].data as Float32Array };
}

function compare(ours: Uint8Array, theirs: Uint8Array): { differing: number; most: number } {
  expect(theirs.length).toBe(ours.length);
  let differing = 0;
  let most = 0;
  for (let i = 0; i < ours.length; i++) {
    const steps = Math.abs(ours[i] - theirs[i]);
    if (steps > 0) differing++;
    if (steps > most) most = steps;
  }
  return { differing, most };
}

function found<T>(map: ReadonlyMap<TensorName, T>, tensor: TensorName): T {
  const value = map.get(tensor);
  if (value === undefined) throw new Error(`${tensor} is missing`);
  return value;
}
