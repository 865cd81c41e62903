import { expect, test } from 'vitest';
import { graphCost } from '../../src/graph/cost.ts';
import { bitsOfForm } from './contenders.ts';
import { graphOf, oneLayer, resnet8 } from './networks.ts';
import { MODELS, SIDES } from './options.ts';

test("ResNet-8 has the shapes of MLPerf Tiny's: ten layers with weights, 12.5 million multiply-adds", () => {
  const { nodes, macs } = graphCost(resnet8());
  expect(nodes.filter(({ kernel }) => kernel > 0).map(({ outputChannels }) => outputChannels)).toEqual([
    16, 16, 16, 32, 32, 32, 64, 64, 64, 10,
  ]);
  expect(macs).toBe(12_501_632);
});

test('every network of the list can be made at its sides', () => {
  for (const model of MODELS) {
    for (const side of SIDES[model]) expect(graphOf(model, side).inputShape).toEqual([side, side, 3]);
  }
  expect(graphCost(oneLayer(56)).nodes[0].macs).toBe(56 * 56 * 9 * 64 * 64);
});

test('a form says its bits', () => {
  expect(bitsOfForm('fp32')).toBeNull();
  expect(bitsOfForm('w4a8')).toEqual({ weightBits: 4, activationBits: 8 });
  expect(() => bitsOfForm('w1a4')).toThrow(/"w1a4" is no form/);
  expect(() => bitsOfForm('int8')).toThrow(/"int8" is no form/);
});
