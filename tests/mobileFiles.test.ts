/** Files of networks as MobileNets are built give back the very networks that they were written from. */
import { expect, test } from 'vitest';
import { randomMobile } from '../src/integer/testing/randomMobile.ts';
import { readOnnx } from '../src/onnx/read/read.ts';
import { seededFloatModel, withSeededWeights } from '../src/onnx/testing/seededModel.ts';
import { writeFloatOnnx } from '../src/onnx/write/float.ts';
import { writeQdqOnnx } from '../src/onnx/write/qdq.ts';
import { PRESET_NAMES, schemeFor } from '../src/quant/schemes.ts';
import { BITS } from '../src/quant/types.ts';

const SEEDS = Array.from({ length: 60 }, (_, index) => index + 1);

test('quantized, with depthwise layers, bounded activations, pads by side, dense layers and averages', () => {
  for (const seed of SEEDS) {
    const scheme = schemeFor(PRESET_NAMES[seed % 2], BITS[seed % 7], BITS[(seed >> 2) % 7]);
    const model = withSeededWeights(randomMobile(seed).graph, scheme);
    expect(readOnnx(writeQdqOnnx(model), 'mobile.onnx'), `seed ${seed}`).toEqual({ kind: 'quantized', model });
  }
});

test('in float32', () => {
  for (const seed of SEEDS) {
    const model = seededFloatModel(randomMobile(seed).graph);
    expect(readOnnx(writeFloatOnnx(model), 'mobile.onnx'), `seed ${seed}`).toEqual({ kind: 'float32', model });
  }
});
