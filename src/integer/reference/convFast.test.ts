/** The fast kernels against the plain ones: the same code everywhere, whatever the shape, the bits and the zero points. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lookUp } from '../../base/lookUp.ts';
import { seededRandom } from '../../base/random.ts';
import { RELU } from '../../graph/activations.ts';
import { inferShapes } from '../../graph/shapes.ts';
import { INPUT, type ConvNode, type TensorName } from '../../graph/types.ts';
import type { ActivationParams, Bits, QuantizedModel } from '../../quant/types.ts';
import { BITS } from '../../quant/types.ts';
import { addInteger, additionOf } from './add.ts';
import { quantizeAtRandom, randomImages, randomModel } from '../testing/randomModel.ts';
import { runInteger, runLayer, type IntegerKernels } from './run.ts';

const channels = fc.integer({ min: 1, max: 67 });
const side = fc.integer({ min: 1, max: 13 });
const window = fc
  .record({
    kernel: fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 7 })),
    stride: fc.integer({ min: 1, max: 3 }),
    padding: fc.integer({ min: 0, max: 3 }),
    inChannels: channels,
    outChannels: channels,
    height: side,
    width: side,
    seed: fc.nat(),
  })
  .filter(
    ({ kernel, padding, height, width }) => kernel[0] <= height + 2 * padding && kernel[1] <= width + 2 * padding,
  );

test('2,000 random convolutions', () => {
  fc.assert(
    fc.property(window, ({ height, width, seed, ...rest }) => {
      const node: ConvNode = {
        kind: 'conv',
        name: 'conv',
        input: INPUT,
        groups: 1,
        bias: true,
        batchNorm: null,
        activation: seed % 2 === 0 ? RELU : null,
        ...rest,
      };
      const model = quantizeAtRandom(
        { name: 'one', inputShape: [height, width, node.inChannels], nodes: [node] },
        seededRandom(seed),
      );
      const codes = randomCodes(lookUp(model.activations, INPUT, 'grid'), 2 * height * width * node.inChannels, seed);
      expectSame(layer(model, node, codes, 'fast'), layer(model, node, codes, 'reference'), 'conv');
    }),
    { numRuns: 2000 },
  );
});

test('sums that wrap around int32 wrap alike', () => {
  const node: ConvNode = {
    kind: 'conv',
    name: 'conv',
    input: INPUT,
    groups: 1,
    bias: true,
    batchNorm: null,
    activation: null,
    kernel: [1, 1],
    stride: 1,
    padding: 0,
    inChannels: 3,
    outChannels: 9,
  };
  const model = quantizeAtRandom({ name: 'one', inputShape: [5, 5, 3], nodes: [node] }, seededRandom(3));
  const weights = lookUp(model.weights, 'conv', 'weights');
  for (const bias of [2 ** 31 - 1, -(2 ** 31), 2 ** 31 - 5000]) {
    const edge = { ...model, weights: new Map([['conv', { ...weights, bias: weights.bias.map(() => bias) }]]) };
    const codes = randomCodes(lookUp(model.activations, INPUT, 'grid'), 75, 5);
    expect(layer(edge, node, codes, 'fast')).toEqual(layer(edge, node, codes, 'reference'));
  }
});

test('500 random networks, tensor by tensor and in their logits', () => {
  for (let seed = 1; seed <= 500; seed++) {
    const model = randomModel(seed);
    const images = randomImages(model, 2, seed);
    const [fast, reference] = [tensors(model, images, 'fast'), tensors(model, images, 'reference')];
    for (const [name, codes] of reference.codes)
      expectSame(lookUp(fast.codes, name, 'codes'), codes, `seed ${seed}, ${name}`);
    expect(fast.logits, `seed ${seed}`).toEqual(reference.logits);
  }
});

test('additions that are looked up, by both formulas and at all bits', () => {
  const grid = (bits: Bits, scale: number, zeroPoint: number): ActivationParams => ({
    bits,
    qmin: 0,
    qmax: 2 ** bits - 1,
    scale: Math.fround(scale),
    zeroPoint: Math.min(zeroPoint, 2 ** bits - 1),
  });
  for (const [i, bits] of BITS.entries()) {
    const other = BITS[(i + 3) % BITS.length];
    const [a, b, sum] = [grid(bits, 0.1, 255), grid(other, 0.3, 7), grid(bits, 0.2, 0)];
    const [codesA, codesB] = [randomCodes(a, 70_000, 1), randomCodes(b, 70_000, 2)];
    for (const formula of ['portable', 'avx2'] as const) {
      const add = additionOf(formula, a, b, sum);
      const expected = Uint8Array.from(codesA, (code, at) => add(code, codesB[at]));
      expectSame(addInteger(codesA, codesB, a, b, sum, formula), expected, formula);
    }
  }
});

/** As toEqual, which takes ten times as long over a large array as all that is tested here. */
function expectSame(codes: Uint8Array, expected: Uint8Array, what: string): void {
  expect(codes.length, what).toBe(expected.length);
  expect(
    codes.findIndex((code, i) => code !== expected[i]),
    `${what}: the first code that differs`,
  ).toBe(-1);
}

/** Evenly over the grid; now and then only at its ends. */
function randomCodes({ qmin, qmax }: ActivationParams, length: number, seed: number): Uint8Array {
  const random = seededRandom(seed);
  const ends = random() < 0.2;
  return Uint8Array.from({ length }, () =>
    ends ? (random() < 0.5 ? qmin : qmax) : qmin + Math.floor(random() * (qmax - qmin + 1)),
  );
}

function layer(model: QuantizedModel, node: ConvNode, codes: Uint8Array, kernels: IntegerKernels): Uint8Array {
  return runLayer(model, inferShapes(model.graph), node, [codes], 'portable', kernels);
}

function tensors(model: QuantizedModel, images: Float32Array, kernels: IntegerKernels) {
  const codes = new Map<TensorName, Uint8Array>();
  const logits = runInteger(model, images, 2, { kernels, onTensor: (name, values) => void codes.set(name, values) });
  return { codes, logits };
}
