/** The judge of the integers: the interpreter against ONNX Runtime's integer kernels, code for code. */
import * as nativeOrt from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { inferShapes, inputsOf } from '../graph/shapes.ts';
import { INPUT } from '../graph/types.ts';
import type { TensorName } from '../graph/types.ts';
import type { AddFormula } from '../integer/add.ts';
import { randomImages, randomModel } from '../integer/randomModel.ts';
import { runInteger, runLayer } from '../integer/run.ts';
import { channelsFirst, channelsLast } from '../onnx/layout.ts';
import { codesName, writeQdqOnnx } from '../onnx/qdq.ts';
import type { ActivationParams, QuantizedModel, QuantizedWeights } from '../quant/types.ts';
import { closeSession, createSession, runOutputs } from '../runtime/session.ts';

/** A run's results: codes [n, H, W, C] of every quantized tensor, and the logits [n, classes]. */
type Outcome = { readonly codes: ReadonlyMap<TensorName, Uint8Array>; readonly logits: Float32Array };

type Runner = (model: QuantizedModel, input: Float32Array, n: number) => Promise<Outcome>;

const CASES = 100;
const IMAGES = 2;

/** ONNX Runtime's ARM kernels add in fixed point, which the interpreter does not follow: WebAssembly judges there. */
const FOLLOWS_NATIVE = process.arch === 'x64';
if (!FOLLOWS_NATIVE) console.info(`Skipped on ${process.arch}: native ONNX Runtime adds by another formula here.`);

describe('onnxruntime-web, WebAssembly', () => judge(web, 'portable'));
describe.skipIf(!FOLLOWS_NATIVE)('onnxruntime-node, x86-64', () => judge(native('all'), 'avx2'));

test('the unoptimized QDQ graph, which computes in float, parts by at most one step a layer', async () => {
  const runFloat = native('disabled');
  const count = { codes: 0, differing: 0 };
  for (let seed = 1; seed <= CASES; seed++) {
    const model = randomModel(seed);
    const { codes } = await runFloat(model, randomImages(model, IMAGES, seed), IMAGES);
    const shapes = inferShapes(model.graph);
    for (const node of model.graph.nodes) {
      if (node.kind === 'linear') continue;
      const operands = inputsOf(node).map((tensor) => found(codes, tensor));
      const steps = compare(runLayer(model, shapes, node, operands, 'portable'), found(codes, node.name));
      expect(steps.most, `seed ${seed}, ${node.name}`).toBeLessThanOrEqual(1);
      count.codes += operands[0].length;
      count.differing += steps.differing;
    }
  }
  console.info(`Unoptimized QDQ: ${count.differing} of ${count.codes} codes part by one step.`);
  expect(count.differing / count.codes).toBeLessThan(0.01);
}, 120_000);

/** The tests that both runtimes must pass. */
function judge(run: Runner, addFormula: AddFormula): void {
  const expectEqual = async (model: QuantizedModel, input: Float32Array, n: number, what: string): Promise<void> => {
    const theirs = await run(model, input, n);
    const ours = interpret(model, input, n, addFormula);
    for (const [tensor, codes] of ours.codes) {
      expect(compare(codes, found(theirs.codes, tensor)), `${what}, ${tensor}`).toEqual({ differing: 0, most: 0 });
    }
    expect(theirs.logits, `${what}, logits`).toEqual(ours.logits);
  };

  test(`${CASES} random networks give the same codes, tensor by tensor, and the same logits`, async () => {
    for (let seed = 1; seed <= CASES; seed++) {
      const model = randomModel(seed);
      await expectEqual(model, randomImages(model, IMAGES, seed), IMAGES, `seed ${seed}`);
    }
  }, 120_000);

  /** Scales in small whole ratios, which float32 does not hold exactly: half the sums are within an ulp of a tie. */
  test.each([
    [0.1, 0.3, 0.2, 0, 0, 0],
    [0.1, 0.1, 0.6, 131, 7, 100],
    [0.7, 0.5, 0.6, 255, 0, 33],
    [0.13261407613754272, 0.3978422284126282, 0.7956844568252563, 205, 104, 152],
    [3.4238381385803223, 0.6847676038742065, 4.10860538482666, 176, 85, 168],
    [0.0009, 0.0003, 0.0006, 128, 127, 255],
  ])('every pair of codes adds to the same code: scales %f, %f -> %f, zero points %i, %i -> %i', async (a, b, c, za, zb, zc) => {
    const model = addingModel(uint8Grid(a, za), uint8Grid(b, zb), uint8Grid(c, zc));
    const pairs = Float32Array.from({ length: 2 * 65536 }, (_, i) => (i % 2 === 0 ? i >> 9 : (i >> 1) & 255));
    await expectEqual(model, pairs, 1, 'all pairs');
  });

  test('the largest sums do not saturate: every input 255, every weight 127 or -127', async () => {
    for (const weight of [127, -127]) {
      const model = largestSums(weight);
      await expectEqual(model, new Float32Array(8 * 8 * 64).fill(1e6), 1, `weights ${weight}`);
    }
  });
}

function interpret(model: QuantizedModel, input: Float32Array, n: number, addFormula: AddFormula): Outcome {
  const codes = new Map<TensorName, Uint8Array>();
  const onTensor = (name: TensorName, values: Uint8Array): void => void codes.set(name, values);
  return { logits: runInteger(model, input, n, { onTensor, addFormula }), codes };
}

async function web(model: QuantizedModel, input: Float32Array, n: number): Promise<Outcome> {
  const session = await createSession(writeQdqOnnx(model, { outputs: 'all' }));
  try {
    return outcome(model, await runOutputs(session, input), n);
  } finally {
    await closeSession(session);
  }
}

/** x64quantprecision: where the processor lacks VNNI, weights become uint8, or pairs of products saturate in int16. */
function native(graphOptimizationLevel: 'all' | 'disabled'): Runner {
  return async (model, input, n) => {
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

function uint8Grid(scale: number, zeroPoint: number): ActivationParams {
  return { scale: Math.fround(scale), zeroPoint, qmin: 0, qmax: 255, bits: 8 };
}

/** Two 1x1 convolutions pick the two channels of a 256 x 256 image as codes, an add adds them. */
function addingModel(a: ActivationParams, b: ActivationParams, c: ActivationParams): QuantizedModel {
  const pick = (codes: number[], { scale, zeroPoint }: ActivationParams) => int8Weights([1, 1, 2, 1], codes, scale, -zeroPoint);
  const conv = (name: TensorName) => pointwise(name, 2, 1);
  return modelOf(
    [256, 256, 2],
    [conv('a'), conv('b'), { kind: 'add', name: 'sum', inputs: ['a', 'b'], relu: false }],
    { [INPUT]: uint8Grid(1, 0), a, b, sum: c, gap: c },
    { a: pick([1, 0], a), b: pick([0, 1], b), fc: int8Weights([1, 1], [1], 1, 0) },
  );
}

/** One 1x1 convolution of 64 channels whose sum is 64 * 255 * weight, brought back into the middle of the range. */
function largestSums(weight: number): QuantizedModel {
  const codes = new Array<number>(64).fill(weight);
  const grid = uint8Grid((64 * 255 * 127) / 100, 128);
  return modelOf(
    [8, 8, 64],
    [pointwise('sum', 64, 1)],
    { [INPUT]: uint8Grid(1, 0), sum: grid, gap: grid },
    { sum: int8Weights([1, 1, 64, 1], codes, 1, 0), fc: int8Weights([1, 1], [weight], 1, 0) },
  );
}

type Body = QuantizedModel['graph']['nodes'];

/** The nodes, which end in a tensor `sum` of one channel, then global average pooling and a classifier of one class. */
function modelOf(
  inputShape: readonly [number, number, number],
  nodes: Body,
  activations: Readonly<Record<TensorName, ActivationParams>>,
  weights: Readonly<Record<TensorName, QuantizedWeights>>,
): QuantizedModel {
  const head: Body = [
    { kind: 'globalAvgPool', name: 'gap', input: 'sum' },
    { kind: 'linear', name: 'fc', input: 'gap', inFeatures: 1, outFeatures: 1 },
  ];
  return {
    ...randomModel(1),
    graph: { name: 'judge', inputShape, nodes: [...nodes, ...head] },
    activations: new Map(Object.entries(activations)),
    weights: new Map(Object.entries(weights)),
  };
}

function pointwise(name: TensorName, inChannels: number, outChannels: number): Body[number] {
  const window = { kernel: [1, 1] as const, stride: 1, padding: 0 };
  return { kind: 'conv', name, input: INPUT, ...window, inChannels, outChannels, bias: true, batchNorm: null, relu: false };
}

function int8Weights(shape: readonly number[], codes: readonly number[], scale: number, bias: number): QuantizedWeights {
  return {
    bits: 8,
    shape,
    codes: Int8Array.from(codes),
    qmin: -127,
    qmax: 127,
    scale: Float32Array.of(scale),
    zeroPoint: Int32Array.of(0),
    bias: Int32Array.of(bias),
  };
}
