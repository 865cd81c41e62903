/** Mixed precision on the bundled ResNet-20: what the layers cost, measured, and what a budget buys. */
import { beforeAll, describe, expect, test } from 'vitest';
import { schemeFor } from '../../quant/schemes.ts';
import { BITS } from '../../quant/types.ts';
import { openStages } from '../stages/stages.ts';
import { costFront, measureCosts, mixedScheme, type LayerCosts } from './mixedScheme.ts';
import { nodeResources } from '../hosts/node.ts';
import { ptqSettings } from '../../contract/settings.ts';

const scheme = schemeFor('modern', 4, 8);
const workload = { model: 'resnet20', dataset: 'cifar10-sample', images: 8, seed: 1 };

let costs: LayerCosts;
beforeAll(async () => {
  const stages = await openStages(nodeResources(), 'wasm');
  costs = await measureCosts(stages, { ...ptqSettings(workload, 'modern', 4, 8), calibrationImages: 64 }, {}, 8);
}, 300_000);

describe('layer costs', () => {
  test('every layer has a cost at every bitwidth, but the ends, which the scheme fixes at 8', () => {
    expect(costs.layers).toHaveLength(22);
    for (const { layer, costs: own } of costs.layers) {
      expect([...own.keys()], layer).toEqual(layer === 'conv1' || layer === 'fc' ? [8] : [...BITS]);
    }
  });

  test('two bits cost more than eight in every layer', () => {
    for (const { layer, costs: own } of costs.layers.filter(({ costs: each }) => each.size > 1)) {
      expect(own.get(2), layer).toBeGreaterThan(own.get(8) ?? Infinity);
    }
  });
});

describe('a budget', () => {
  const uniformCost = (): number =>
    costs.layers.reduce((sum, { costs: own }) => sum + (own.get(4) ?? own.get(8) ?? NaN), 0);
  const uniformBits = (): number => {
    const total = costs.layers.reduce((sum, { parameters }) => sum + parameters, 0);
    return costs.layers.reduce((sum, { parameters, costs: own }) => sum + parameters * (own.has(4) ? 4 : 8), 0) / total;
  };

  test("as large as uniform 4 bits costs less than uniform 4 bits, and is the scheme's exceptions", () => {
    const { scheme: mixed, assignment } = mixedScheme(scheme, costs, uniformBits());
    expect(assignment.average).toBeLessThanOrEqual(uniformBits() + 1e-9);
    expect(assignment.cost).toBeLessThan(uniformCost());
    expect(Object.keys(mixed.layers ?? {})).toHaveLength(22);
    expect(mixed.layers?.['fc']).toEqual({ weightBits: 8 });
    expect(mixed.name).toContain('modern+mixed:');
  });

  test('the front falls as it grows', () => {
    const front = costFront(costs);
    front.slice(1).forEach(({ average, cost }, i) => {
      expect(average).toBeGreaterThan(front[i].average);
      expect(cost).toBeLessThan(front[i].cost);
    });
  });

  test('below what the narrowest choices take is refused', () => {
    expect(() => mixedScheme(scheme, costs, 2)).toThrow('too small');
  });
});
