/** Calibration and every repair on a network of inverted residuals: depthwise layers, ReLU6, padding by side, a dense layer inside. */
import { beforeAll, describe, expect, test } from 'vitest';
import { lookUp } from '../../base/lookUp.ts';
import { normal, seededRandom } from '../../base/random.ts';
import { RELU } from '../../graph/activations.ts';
import { graphCost } from '../../graph/cost.ts';
import { INPUT, type ConvNode, type FloatModel } from '../../graph/types.ts';
import { sqnr } from '../../quant/error.ts';
import { schemeFor } from '../../quant/schemes.ts';
import { sizeBytes } from '../../quant/size.ts';
import type { QuantizedModel, QuantScheme } from '../../quant/types.ts';
import { activations } from '../../tensor/activations.ts';
import { openBackend } from '../../tensor/backend.ts';
import { momentsOf } from '../../tensor/reconstruct/gram.ts';
import { runNode } from '../../tensor/reconstruct/node.ts';
import { toFakeQuantizedModel } from '../../tensor/fakeQuantized.ts';
import { networkOf } from '../../tensor/network.ts';
import { nodePlatform } from '../../tensor/wasm/node.ts';
import { calibrate, observedTensors } from '../calibration.ts';
import { quantizeModel } from '../ptq.ts';
import { invertedResiduals } from '../testing/invertedResiduals.ts';
import { blocksOf } from './blocks.ts';
import { equalizablePairs, equalize } from './equalize.ts';
import { channelErrors } from './quadratic.ts';
import { repairModel, type LayerRepair, type RepairStep } from './repair.ts';
import { nearness } from './verdict.ts';

const model = invertedResiduals();
const COUNT = 24;
const random = seededRandom(3);
const pixels = Uint8Array.from({ length: COUNT * 243 }, (_, i) => ((i * 37) % 140) + Math.floor(random() * 110));
const set = { height: 9, width: 9, count: COUNT, pixels, labels: new Int32Array(COUNT), classes: model.classes };
const images = { values: Float32Array.from(pixels, (byte) => byte / 255), count: COUNT };
const indices = Int32Array.from({ length: COUNT }, (_, i) => i);

async function quantized(of: FloatModel, scheme: QuantScheme): Promise<QuantizedModel> {
  return quantizeModel(of, await calibrate(of, activations(of, set, indices, observedTensors(of.graph))), scheme);
}

beforeAll(() => openBackend('wasm', { ...nodePlatform, cores: 1, isolated: false }));

test('grids: one for each channel of a depthwise kernel, one for the dense layer inside, none for the logits', async () => {
  const { weights, activations: grids } = await quantized(model, schemeFor('modern', 4, 6));
  expect(weights.get('second.depthwise')).toMatchObject({ bits: 4, shape: [3, 3, 1, 12] });
  expect(weights.get('second.depthwise')?.scale).toHaveLength(12);
  expect([...weights].filter(([, { bits }]) => bits === 8).map(([name]) => name)).toEqual(['stem', 'fc']);
  expect([...grids.keys()].at(-1)).toBe('dense');
  expect([...grids].filter(([, { bits }]) => bits === 8).map(([name]) => name)).toEqual([INPUT, 'dense']);
  expect(grids.get('dense')?.zeroPoint).toBe(0);
  // No code of a ReLU6 stands for more than 6, but for half a step.
  const { scale, qmax } = grids.get('second.expand') ?? expect.unreachable();
  expect(scale * qmax).toBeLessThan(6 + scale / 2);
});

test('size counts a depthwise kernel by its own weights', async () => {
  const made = await quantized(model, { ...schemeFor('modern', 4, 8), firstLastBits: null });
  const weights = graphCost(model.graph).nodes.reduce((sum, { kernel }) => sum + kernel, 0);
  expect(weights).toBe(162 + 54 + 24 + 48 + 108 + 48 + 48 + 108 + 96 + 128 + 160 + 30);
  const channels = 6 + 6 + 4 + 12 + 12 + 4 + 12 + 12 + 8 + 16 + 10 + 3;
  const grids = made.activations.size;
  expect(sizeBytes(made)).toBe(weights / 2 + 8 * channels + 5 * grids);
});

test('blocks: each inverted residual is one, with a shortcut and without', () => {
  expect(blocksOf(model.graph).map((block) => block.map(({ name }) => name))).toEqual([
    ['stem'],
    ['first.depthwise', 'first.project'],
    ['second.expand', 'second.depthwise', 'second.project', 'second.add'],
    ['third.expand', 'third.depthwise', 'third.project'],
    ['last'],
    ['windows'],
    ['mean'],
    ['dense'],
    ['fc'],
  ]);
});

describe('equalization', () => {
  test('goes along conv, depthwise, conv, and through the pool to the dense layers', () => {
    expect(equalizablePairs(model.graph).map((pair) => pair.map(({ name }) => name).join(' > '))).toEqual([
      'stem > first.depthwise',
      'first.depthwise > first.project',
      'second.expand > second.depthwise',
      'second.depthwise > second.project',
      'third.expand > third.depthwise',
      'third.depthwise > third.project',
      'third.project > last',
      'last > dense',
      'dense > fc',
    ]);
  });

  const unbounded = {
    ...model,
    graph: {
      ...model.graph,
      nodes: model.graph.nodes.map((node) =>
        'activation' in node && node.activation ? { ...node, activation: RELU } : node,
      ),
    },
  };
  async function logits(of: FloatModel): Promise<Float32Array> {
    const last = of.graph.nodes[of.graph.nodes.length - 1].name;
    const found: number[] = [];
    for await (const batch of activations(of, set, indices, [last])) found.push(...lookUp(batch, last, 'logits'));
    return Float32Array.from(found);
  }

  test('without bounds it is the same function, and a ReLU6 becomes a ReLU', async () => {
    const equalized = equalize(model);
    expect(equalized.graph).toEqual(unbounded.graph);
    const [before, after] = [await logits(unbounded), await logits(equalized)];
    const most = before.reduce((size, value) => Math.max(size, Math.abs(value)), 0);
    after.forEach((value, i) => expect(Math.abs(value - before[i])).toBeLessThan(1e-4 * most));
  });

  test('a channel whose weights are all but nothing keeps its scale: its bias would drown the others', () => {
    const name = 'second.expand.kernel';
    const { shape, data } = lookUp(model.weights, name, 'array');
    const dead = data.map((w, i) => (i % 12 === 5 ? w * 1e-12 : w));
    const even = equalize({ ...model, weights: new Map([...model.weights, [name, { shape, data: dead }]]) });
    const [before, after] = [model, even].map(({ weights }) => lookUp(weights, 'second.expand.bias', 'array').data);
    expect(after[5]).toBe(before[5]);
    expect(after[4]).not.toBe(before[4]);
  });

  test('the channels of a pair have one range, and one grid for the tensor then loses far less', async () => {
    const [plain, even] = [unbounded, equalize(unbounded)];
    const greatest = ({ weights }: FloatModel, name: string) => {
      const { data, shape } = lookUp(weights, `${name}.kernel`, 'array');
      const out = shape[shape.length - 1];
      const ranges = new Float64Array(out);
      data.forEach((w, i) => (ranges[i % out] = Math.max(ranges[i % out], Math.abs(w))));
      return Math.max(...ranges) / Math.min(...ranges);
    };
    expect(greatest(plain, 'second.depthwise')).toBeGreaterThan(10);
    expect(greatest(even, 'second.depthwise')).toBeLessThan(greatest(plain, 'second.depthwise') / 2);
    async function noise(of: FloatModel): Promise<number> {
      const wanted = await logits(of);
      const network = networkOf(toFakeQuantizedModel(await quantized(of, schemeFor('2021', 6, 8))));
      const found = await network.run(images.values, COUNT);
      await network.close();
      return -sqnr(wanted, found);
    }
    expect(await noise(even)).toBeLessThan((await noise(plain)) - 3);
  });
});

describe('moments of a depthwise convolution', () => {
  test.each(['first.depthwise', 'third.depthwise'])(
    "%s: its kernel's quadratic form against its own output is zero",
    async (name) => {
      const node = model.graph.nodes.find((each) => each.name === name) as ConvNode;
      const channels = node.outChannels;
      const size = 5;
      const input = {
        values: Float32Array.from({ length: COUNT * size * size * channels }, () => normal(random)),
        shape: [size, size, channels],
      };
      const kernel = lookUp(model.weights, `${name}.kernel`, 'array');
      const out = node.stride === 1 ? 5 : 2;
      const real = { kernel: kernel.data, kernelShape: kernel.shape, bias: new Float32Array(channels) };
      const target = await runNode({ ...node, activation: null }, [input], [out, out, channels], COUNT, real);
      const moments = await momentsOf(node, input, target, new Float32Array(channels), COUNT);
      expect(moments.gram).toHaveLength(channels * 81);
      // Codes that are the weights themselves, 1000 steps to each.
      const step = 1 / 1000;
      const codes = Array.from(kernel.data, (w) => w / step);
      const exact = {
        bits: 8 as const,
        shape: kernel.shape,
        codes: codes as unknown as Int8Array,
        qmin: -1e9,
        qmax: 1e9,
        scale: new Float32Array(channels).fill(step),
        zeroPoint: new Int32Array(channels),
        bias: new Int32Array(channels),
      };
      channelErrors(moments, exact).forEach((error, c) =>
        expect(Math.abs(error)).toBeLessThan(1e-4 * moments.power[c]),
      );
    },
  );
});

async function collect(steps: AsyncIterable<RepairStep>): Promise<RepairStep[]> {
  const all: RepairStep[] = [];
  for await (const step of steps) all.push(step);
  return all;
}

describe.each<LayerRepair>(['bias', 'gain', 'gptq', 'adaround', 'brecq'])('%s', (repair) => {
  test('never ends above round-to-nearest in any unit, falls over all, and brings the answers nearer', async () => {
    const start = await quantized(model, { ...schemeFor('modern', 3, 8), firstLastBits: null });
    const steps = await collect(repairModel(model, start, images, repair, { steps: 100, batch: 8 }));
    for (const step of steps) expect(step.after).toBeLessThanOrEqual(step.before);
    expect(steps.reduce((sum, { before, after }) => sum + after / before, 0) / steps.length).toBeLessThan(0.97);
    const end = steps.at(-1)?.model ?? expect.unreachable();
    const [before, after] = [await nearness(model, start, images), await nearness(model, end, images)];
    expect(after.divergence).toBeLessThan(before.divergence);
  });
});
