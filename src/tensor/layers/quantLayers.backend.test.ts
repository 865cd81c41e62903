import { RELU } from '../../graph/activations.ts';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { normal, seededRandom } from '../../base/random.ts';
import { openBackend, type BackendName } from '../backend.ts';
import { biasRelu } from './biasRelu.ts';
import { FakeQuantize } from './fakeQuantize.ts';
import { QuantConv2D, QuantDense, type QuantConv2DConfig } from './quantLayers.ts';
import { QuantAdd, QuantGlobalAveragePooling2D, QuantMaxPooling2D } from './quantMerge.ts';
import { backendsHere, platformHere } from '../testing/platform.ts';

function normals(count: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: count }, () => normal(random));
}

const data = async (tensor: tf.Tensor): Promise<Float32Array> => (await tensor.data()) as Float32Array;

/**
 * d loss / d values by central differences, loss being computed from changed values. All losses are read at once: on a GPU
 * each reading waits for all that was asked before it.
 */
async function slopes(
  values: Float32Array,
  lossOf: (values: Float32Array) => tf.Scalar,
  stepOf: (i: number) => number,
): Promise<number[]> {
  const at = (i: number, move: number): tf.Scalar =>
    tf.tidy(() => {
      const moved = values.slice();
      moved[i] += move;
      return lossOf(moved);
    });
  const losses = Array.from(values, (_, i) => [at(i, stepOf(i)), at(i, -stepOf(i))]).flat();
  const read = await data(tf.stack(losses));
  tf.dispose(losses);
  return Array.from(values, (_, i) => (read[2 * i] - read[2 * i + 1]) / (2 * stepOf(i)));
}

const SHAPE: [number, number, number, number] = [2, 4, 4, 2];

/** Two forwards are run for each of its numbers and the kernel's, and a software GPU takes long for each. */
const SMALL: [number, number, number, number] = [2, 3, 3, 2];

/** Wide enough that no weight is clipped: a step of the grid up or down then moves the code by one. */
const STEP = 0.03;

const layerOf = (changes: Partial<QuantConv2DConfig> = {}): QuantConv2D =>
  new QuantConv2D({
    filters: 3,
    kernelSize: [3, 3],
    padding: 1,
    batchNorm: { eps: 1e-3 },
    weights: { bits: 4 },
    outputs: null,
    ...changes,
  });

/** Weights that differ for each channel, one gamma negative. */
function fill(layer: QuantConv2D): void {
  const values: Record<string, Float32Array> = {
    kernel: normals(layer.variables.get('kernel')?.read().size ?? 0, 3),
    gamma: Float32Array.of(1.3, -0.7, 0.4),
    beta: Float32Array.of(0.2, 0.5, -0.1),
    mean: Float32Array.of(0.3, -0.2, 0.1),
    variance: Float32Array.of(2, 5, 9),
  };
  for (const [name, array] of Object.entries(values)) {
    const variable = layer.variables.get(name);
    variable?.write(tf.tensor(array, variable.read().shape));
  }
}

/** gamma / sqrt(variance + eps) of these. */
const SLOPES = [1.3 / Math.sqrt(2.001), -0.7 / Math.sqrt(5.001), 0.4 / Math.sqrt(9.001)];

async function start(backend: BackendName): Promise<void> {
  await openBackend(backend, await platformHere());
}

describe.each(['cpu', ...backendsHere] as const)('quantized layers on %s', (backend) => {
  test.each([true, false])('bias and ReLU (%s): gradients by finite differences', { timeout: 60_000 }, async (relu) => {
    await start(backend);
    const [x, b, weight] = [normals(24, 1), Float32Array.of(0.11, -0.2, 0.3), tf.tensor2d(normals(24, 2), [8, 3])];
    const loss = (values: Float32Array, bias: Float32Array): tf.Scalar =>
      biasRelu(tf.tensor2d(values, [8, 3]), tf.tensor1d(bias), relu)
        .mul(weight)
        .sum();
    const [dx, db] = tf.grads((p, q) =>
      biasRelu(p, q as tf.Tensor1D, relu)
        .mul(weight)
        .sum(),
    )([tf.tensor2d(x, [8, 3]), tf.tensor1d(b)]);
    const [xSlopes, bSlopes] = [
      await slopes(
        x,
        (moved) => loss(moved, b),
        () => 1e-3,
      ),
      await slopes(
        b,
        (moved) => loss(x, moved),
        () => 1e-3,
      ),
    ];
    (await data(dx)).forEach((value, i) => expect(value).toBeCloseTo(xSlopes[i], 2));
    (await data(db)).forEach((value, i) => expect(value).toBeCloseTo(bSlopes[i], 2));
  });

  test.each([
    ['statistics of the batch', false, 'perChannel'],
    ['frozen statistics', true, 'perChannel'],
    ['frozen, one step for the tensor', true, 'perTensor'],
  ] as const)(
    "QuantConv2D, %s: gradients by finite differences, the kernel's by whole steps of its grid",
    { timeout: 120_000 },
    async (_name, frozen, granularity) => {
      await start(backend);
      const perTensor = granularity === 'perTensor';
      const scale = perTensor ? [STEP] : [STEP, STEP, STEP];
      const layer = layerOf({
        kernelSize: [2, 2],
        weights: { bits: 8, granularity, ranges: 'fixed', start: { scale, zeroPoint: scale.map(() => 0) } },
      });
      layer.build([null, 3, 3, 2]);
      fill(layer);
      layer.frozen = frozen;
      const values = normals(36, 5);
      const weight = tf.tensor4d(normals(96, 6), [2, 4, 4, 3]);
      const lossOf = (x: tf.Tensor): tf.Scalar => (layer.call(x, { training: true }) as tf.Tensor4D).mul(weight).sum();
      const expectSlopes = (gradient: Float32Array, expected: readonly number[], name: string): void => {
        const size = Math.max(...expected.map(Math.abs));
        gradient.forEach((value, i) => expect(Math.abs(value - expected[i]) / size, `${name} ${i}`).toBeLessThan(1e-2));
      };
      const dx = await data(tf.grad(lossOf)(tf.tensor4d(values, SMALL)));
      fill(layer);
      expectSlopes(
        dx,
        await slopes(
          values,
          (moved) => (fill(layer), lossOf(tf.tensor4d(moved, SMALL))),
          () => 1e-2,
        ),
        'x',
      );
      // One step for the tensor is a step of the folded kernel, which moves with gamma: no float part to compare there.
      for (const name of perTensor ? (['kernel', 'beta'] as const) : (['kernel', 'gamma', 'beta'] as const)) {
        fill(layer);
        const variable = layer.variables.get(name) ?? expect.unreachable();
        const before = (await data(variable.read())).slice();
        const { grads } = tf.variableGrads(() => lossOf(tf.tensor4d(values, SMALL)), [variable.read() as tf.Variable]);
        const gradient = await data(Object.values(grads)[0]);
        const moves = (i: number): number =>
          name !== 'kernel' ? 1e-2 : perTensor ? STEP / Math.abs(SLOPES[i % 3]) : STEP;
        const lossAt = (moved: Float32Array): tf.Scalar => {
          fill(layer);
          variable.write(tf.tensor(moved, variable.read().shape));
          return lossOf(tf.tensor4d(values, SMALL));
        };
        expectSlopes(gradient, await slopes(before, lossAt, moves), name);
      }
    },
  );

  test('QuantConv2D with frozen statistics is the folded convolution of quantized weights', async () => {
    await start(backend);
    const layer = layerOf({ activation: RELU, weights: { bits: 3, ranges: 'minmax' } });
    layer.build([null, 4, 4, 2]);
    fill(layer);
    const x = tf.tensor4d(normals(64, 5), SHAPE);
    const inference = await data(layer.call(x, {}) as tf.Tensor);
    layer.frozen = true;
    expect(Array.from(await data(layer.call(x, { training: true }) as tf.Tensor))).toEqual(Array.from(inference));
    const a = SLOPES;
    const kernel = normals(54, 3);
    const quantized = kernel.map((w, i) => {
      const c = i % 3;
      const own = kernel.filter((_, k) => k % 3 === c).map((v) => v * a[c]);
      const scale = Math.max(Math.min(...own) / -4, Math.max(...own) / 3);
      return Math.max(-4, Math.min(3, Math.round((w * a[c]) / scale))) * scale;
    });
    const shift = [0.2 - 0.3 * a[0], 0.5 + 0.2 * a[1], -0.1 - 0.1 * a[2]];
    const expected = await data(
      tf.relu(tf.conv2d(x, tf.tensor4d(quantized, [3, 3, 2, 3]), 1, 1).add(tf.tensor1d(shift))),
    );
    inference.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 4));
  });

  test("QuantDense: every weight lies on its channel's grid, LSQ reaches its step", async () => {
    await start(backend);
    const layer = new QuantDense({ units: 3, weights: { bits: 2 }, outputs: null });
    const x = tf.tensor2d(normals(20, 1), [4, 5]);
    const y = layer.apply(x, { training: true }) as tf.Tensor;
    const steps = await data(layer.variables.get('weightScale')?.read() ?? expect.unreachable());
    const kernel = await data(layer.variables.get('kernel')?.read() ?? expect.unreachable());
    // LSQ's start: 2 mean|w| / sqrt(qmax), qmax 1 at 2 bits.
    steps.forEach((step, c) =>
      expect(step).toBeCloseTo((2 / 5) * kernel.reduce((sum, w, i) => sum + (i % 3 === c ? Math.abs(w) : 0), 0), 5),
    );
    const codes = kernel.map((w, i) => Math.max(-2, Math.min(1, Math.round(w / steps[i % 3]))) * steps[i % 3]);
    const answer = await data(y);
    (await data(tf.matMul(x, tf.tensor2d(codes, [5, 3])))).forEach((value, i) =>
      expect(answer[i]).toBeCloseTo(value, 4),
    );
    const variables = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const { grads } = tf.variableGrads(
      () => (layer.apply(x, { training: true }) as tf.Tensor).square().sum(),
      variables,
    );
    expect(Object.keys(grads)).toHaveLength(3);
    for (const gradient of Object.values(grads)) expect((await data(gradient)).some((value) => value !== 0)).toBe(true);
  });

  test(
    'in a model the bias lies on the int32 grid of what the layer reads, through a pool that keeps it; its gradient passes',
    { timeout: 60_000 },
    async () => {
      await start(backend);
      const input = tf.input({ shape: [4, 4, 2] });
      const params = { scale: 0.5, zeroPoint: 0, qmin: 0, qmax: 15 };
      const onGrid = new QuantMaxPooling2D({ poolSize: [2, 2], strides: 2 }).apply(
        new FakeQuantize({ params }).apply(input),
      ) as tf.SymbolicTensor;
      const fixed = (scale: number[]) =>
        ({ bits: 8, ranges: 'fixed', start: { scale, zeroPoint: scale.map(() => 0) } }) as const;
      const conv = layerOf({ weights: fixed([0.07, 0.07, 0.07]) });
      const plain = new QuantDense({ units: 3, weights: fixed([0.25, 0.25, 0.25]), outputs: null });
      const model = tf.model({
        inputs: input,
        outputs: [
          conv.apply(onGrid) as tf.SymbolicTensor,
          plain.apply(tf.layers.flatten().apply(onGrid)) as tf.SymbolicTensor,
        ],
      });
      fill(conv);
      const bias = Float32Array.of(0.3, -0.4, 1.05);
      const variable = plain.variables.get('bias') ?? expect.unreachable();
      variable.write(tf.tensor1d(bias));
      const zeros = tf.zeros<tf.Rank.R4>([1, 4, 4, 2]);
      const [convolved, dense] = await Promise.all((model.predict(zeros) as tf.Tensor[]).map(data));
      const shift = [0.2 - 0.3 * SLOPES[0], 0.5 + 0.2 * SLOPES[1], -0.1 - 0.1 * SLOPES[2]];
      shift.forEach((b, c) => {
        const step = 0.5 * 0.07 * Math.abs(SLOPES[c]);
        expect(convolved[c], `channel ${c}`).toBeCloseTo(Math.round(b / step) * step, 6);
        expect(Math.abs(convolved[c] - b), `channel ${c}: the bias itself is not on its grid`).toBeGreaterThan(1e-4);
      });
      bias.forEach((b, c) => expect(dense[c]).toBeCloseTo(Math.round(b / 0.125) * 0.125, 6));
      const { grads } = tf.variableGrads(
        () => (model.apply(zeros, { training: true }) as tf.Tensor[])[1].sum(),
        [variable.read() as tf.Variable],
      );
      expect(Array.from(await data(Object.values(grads)[0]))).toEqual([1, 1, 1]);
      model.dispose();
    },
  );

  test("QuantAdd and the average pool set a grid, the max pool keeps its input's", async () => {
    await start(backend);
    const params = { scale: 0.5, zeroPoint: 0, qmin: 0, qmax: 7 };
    const [p, q] = [tf.tensor4d(normals(64, 1), SHAPE), tf.tensor4d(normals(64, 2), SHAPE)];
    const sum = new QuantAdd({ params, activation: RELU }).apply([p, q]) as tf.Tensor4D;
    const [left, right] = [await data(p), await data(q)];
    (await data(sum)).forEach((value, i) =>
      expect(value).toBe(Math.max(0, Math.min(7, Math.round((left[i] + right[i]) / 0.5))) * 0.5),
    );
    const pooled = new QuantMaxPooling2D({ poolSize: [3, 3], strides: 2, padding: 1 }).apply(sum) as tf.Tensor;
    expect(pooled.shape).toEqual([2, 2, 2, 2]);
    for (const value of await data(pooled)) expect(value % 0.5).toBe(0);
    const mean = new QuantGlobalAveragePooling2D({ params: { ...params, scale: 0.25 } }).apply(sum) as tf.Tensor;
    expect(mean.shape).toEqual([2, 2]);
    for (const value of await data(mean)) expect(value % 0.25).toBe(0);
  });

  test('a moving average follows the batches; bits change while the range stays', async () => {
    await start(backend);
    const layer = new FakeQuantize({ bits: 4, ranges: 'ema' });
    layer.apply(tf.tensor2d([-1, 2], [1, 2]), { training: true });
    const read = async (name: string): Promise<number> =>
      (await data(layer.quantizer?.variables.get(name)?.read() ?? expect.unreachable()))[0];
    expect([await read('low'), await read('high')]).toEqual([-1, 2]);
    expect(await read('scale')).toBeCloseTo(3 / 15, 6);
    layer.apply(tf.tensor2d([-3, 5], [1, 2]), { training: true });
    expect(await read('low')).toBeCloseTo(-1.02, 5);
    expect(await read('high')).toBeCloseTo(2.03, 5);
    layer.apply(tf.tensor2d([-9, 9], [1, 2]), {});
    expect(await read('low')).toBeCloseTo(-1.02, 5);
    const [scale, zeroPoint] = [await read('scale'), await read('zeroPoint')];
    layer.setBits(2);
    expect(await read('scale')).toBeCloseTo(scale * 5, 5);
    expect(await read('zeroPoint')).toBe(Math.round(zeroPoint / 5));
  });

  test('a model of these layers is saved and loaded: the same answers', { timeout: 60_000 }, async () => {
    await start(backend);
    const input = tf.input({ shape: [4, 4, 2] });
    const grid = { bits: 4, ranges: 'learned' } as const;
    const first = layerOf({ activation: RELU, outputs: grid }).apply(
      new FakeQuantize({ bits: 8 }).apply(input),
    ) as tf.SymbolicTensor;
    const second = layerOf({ outputs: grid, batchNorm: null, useBias: true }).apply(first) as tf.SymbolicTensor;
    const sum = new QuantAdd({ ...grid, activation: RELU }).apply([first, second]) as tf.SymbolicTensor;
    const pooled = new QuantGlobalAveragePooling2D(grid).apply(sum) as tf.SymbolicTensor;
    const model = tf.model({
      inputs: input,
      outputs: new QuantDense({ units: 3, weights: { bits: 8 }, outputs: null }).apply(pooled) as tf.SymbolicTensor,
    });
    const x = tf.tensor4d(normals(64, 5), SHAPE);
    tf.tidy(() => void model.apply(x, { training: true }));
    const answer = await data(model.predict(x) as tf.Tensor);
    const copy = await tf.models.modelFromJSON(
      JSON.parse(model.toJSON() as string) as Parameters<typeof tf.models.modelFromJSON>[0],
    );
    copy.setWeights(model.getWeights());
    expect(Array.from(await data(copy.predict(x) as tf.Tensor))).toEqual(Array.from(answer));
    model.dispose();
    copy.dispose();
  });
});
