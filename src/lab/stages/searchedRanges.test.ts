/** The search in WebAssembly against the search in plain arithmetic, on real weights. */
import { expect, test } from 'vitest';
import { lookUp } from '../../base/lookUp.ts';
import { isWeighted } from '../../graph/shapes.ts';
import { statisticsOf } from '../../quant/ranges/observer.ts';
import { qRange } from '../../quant/schemes.ts';
import { errorPower, gridError, searchRange } from '../../quant/ranges/search.ts';
import { BITS } from '../../quant/types.ts';
import { openStages } from './stages.ts';
import { nodeResources } from '../hosts/node.ts';

test('every channel of the bundled ResNet-20 gets the same range, at every bitwidth', async () => {
  const { model } = await (
    await openStages(nodeResources(), 'wasm')
  ).subject({ model: 'resnet20', dataset: 'cifar10-sample' });
  const power = errorPower(2.4);
  let channels = 0;
  for (const { name } of model.graph.nodes.filter(isWeighted)) {
    const { data, shape } = lookUp(model.weights, `${name}.kernel`, 'array');
    const out = shape[shape.length - 1];
    for (let c = 0; c < out; c++, channels++) {
      const {
        min: lo,
        max: hi,
        points,
      } = statisticsOf(
        data.filter((_, i) => i % out === c),
        name,
      );
      for (const bits of BITS) {
        const grid = { ...qRange(bits, true), symmetric: true };
        const plain = searchRange(points, { lo, hi }, grid, power, (range) => gridError(points, range, grid, power));
        expect(searchRange(points, { lo, hi }, grid, power), `${name}, channel ${c}, ${bits} bits`).toEqual(plain);
      }
    }
  }
  expect(channels).toBe(794);
});
