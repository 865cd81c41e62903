/** Convolution against the definition: nested loops in whole numbers, and rounding written out. */
import { expect, test } from 'vitest';
import { seededRandom } from '../../base/random.ts';
import { RELU } from '../../graph/activations.ts';
import { inferShapes } from '../../graph/shapes.ts';
import { INPUT } from '../../graph/types.ts';
import type { ConvNode } from '../../graph/types.ts';
import { padsOf } from '../../graph/window.ts';
import { quantize } from '../../quant/affine.ts';
import type { QuantizedModel } from '../../quant/types.ts';
import { requantizeMultiplier } from './conv.ts';
import { lookUp } from '../../base/lookUp.ts';
import { quantizeAtRandom, randomImages } from '../testing/randomModel.ts';
import { runLayer } from './run.ts';

const SHAPES: readonly Partial<ConvNode>[] = [
  { kernel: [1, 1], stride: 1, padding: 0, inChannels: 1, outChannels: 1 },
  { kernel: [3, 3], stride: 1, padding: 1, inChannels: 3, outChannels: 5 },
  { kernel: [3, 3], stride: 2, padding: 1, inChannels: 2, outChannels: 67 },
  { kernel: [7, 7], stride: 2, padding: 3, inChannels: 3, outChannels: 4 },
  { kernel: [1, 3], stride: 1, padding: 1, inChannels: 4, outChannels: 2 },
  { kernel: [3, 3], stride: 3, padding: 0, inChannels: 5, outChannels: 3 },
  { kernel: [3, 3], stride: 2, padding: [0, 0, 1, 1], inChannels: 3, outChannels: 4 },
  { kernel: [3, 2], stride: 1, padding: [2, 0, 1, 3], inChannels: 2, outChannels: 9 },
];

test.each(SHAPES)(
  'kernel $kernel, stride $stride, padding $padding, $inChannels -> $outChannels channels',
  (window) => {
    for (let seed = 1; seed <= 8; seed++) {
      const model = singleConv(window, seed);
      const [node] = model.graph.nodes;
      if (node.kind !== 'conv') throw new Error('the model is one convolution');
      const input = lookUp(model.activations, INPUT, 'grid');
      const codes = quantize(randomImages(model, 2, seed), input) as Uint8Array;
      const expected = naiveConv(model, node, codes);
      for (const kernels of ['fast', 'reference'] as const) {
        expect(runLayer(model, inferShapes(model.graph), node, [codes], 'portable', kernels)).toEqual(expected);
      }
    }
  },
);

test('the multiplier rounds to float32 after the product and after the quotient', () => {
  const model = singleConv(SHAPES[1], 3);
  const weights = { ...lookUp(model.weights, 'conv', 'weights'), scale: Float32Array.of(0.1, 0.2, 0.3, 0.7, 0.9) };
  const input = { scale: Math.fround(0.3), zeroPoint: 0, qmin: 0, qmax: 255, bits: 8 } as const;
  const output = { ...input, scale: Math.fround(0.7) };
  const multiplier = requantizeMultiplier(input, weights, output, 5);
  weights.scale.forEach((scale, c) => {
    expect(multiplier[c]).toBe(Math.fround(Math.fround(input.scale * scale) / output.scale));
  });
});

function singleConv(window: Partial<ConvNode>, seed: number): QuantizedModel {
  const node: ConvNode = {
    kind: 'conv',
    name: 'conv',
    input: INPUT,
    kernel: [1, 1],
    stride: 1,
    padding: 0,
    inChannels: 1,
    outChannels: 1,
    groups: 1,
    bias: true,
    batchNorm: null,
    activation: seed % 2 === 0 ? RELU : null,
    ...window,
  };
  return quantizeAtRandom({ name: 'one', inputShape: [9, 7, node.inChannels], nodes: [node] }, seededRandom(seed));
}

function naiveConv(model: QuantizedModel, node: ConvNode, codes: Uint8Array): Uint8Array {
  const { kernel, stride, inChannels, outChannels } = node;
  const { top, left, bottom, right } = padsOf(node);
  const [height, width] = model.graph.inputShape;
  const input = lookUp(model.activations, INPUT, 'grid');
  const output = lookUp(model.activations, 'conv', 'grid');
  const weights = lookUp(model.weights, 'conv', 'weights');
  const multiplier = requantizeMultiplier(input, weights, output, outChannels);
  const outHeight = Math.floor((height + top + bottom - kernel[0]) / stride) + 1;
  const outWidth = Math.floor((width + left + right - kernel[1]) / stride) + 1;
  const result: number[] = [];
  for (let image = 0; image < codes.length / (height * width * inChannels); image++)
    for (let oy = 0; oy < outHeight; oy++)
      for (let ox = 0; ox < outWidth; ox++)
        for (let o = 0; o < outChannels; o++) {
          let sum = weights.bias[o];
          for (let ky = 0; ky < kernel[0]; ky++)
            for (let kx = 0; kx < kernel[1]; kx++)
              for (let i = 0; i < inChannels; i++) {
                const [y, x] = [oy * stride - top + ky, ox * stride - left + kx];
                const inside = y >= 0 && y < height && x >= 0 && x < width;
                const q = inside ? codes[((image * height + y) * width + x) * inChannels + i] : input.zeroPoint;
                const w = weights.codes[((ky * kernel[1] + kx) * inChannels + i) * outChannels + o];
                sum += (q - input.zeroPoint) * (w - weights.zeroPoint[weights.zeroPoint.length === 1 ? 0 : o]);
              }
          const scaled = Math.fround(Math.fround(sum) * multiplier[o]);
          result.push(Math.min(output.qmax, Math.max(output.qmin, roundHalfEven(scaled) + output.zeroPoint)));
        }
  return Uint8Array.from(result);
}

/** By its definition, unlike the product's `rne`. */
function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}
