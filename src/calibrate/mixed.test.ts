import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Bits } from '../quant/types.ts';
import { assignBits, paretoFront, type LayerChoices } from './mixed.ts';

const CHOICES: readonly Bits[] = [2, 3, 4, 8];
const problem = fc
  .array(
    fc.record({
      parameters: fc.integer({ min: 1, max: 50 }),
      costs: fc.tuple(...CHOICES.map(() => fc.double({ min: 0, max: 10, noNaN: true }))),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((layers): LayerChoices[] =>
    layers.map(({ parameters, costs }, i) => ({
      layer: `layer${i}`,
      parameters,
      costs: new Map(CHOICES.map((bits, k) => [bits, costs[k]])),
    })),
  );

/** Every assignment there is. */
function all(layers: readonly LayerChoices[]): { average: number; cost: number }[] {
  const total = layers.reduce((sum, { parameters }) => sum + parameters, 0);
  return layers
    .reduce<{ size: number; cost: number }[]>(
      (found, { parameters, costs }) =>
        found.flatMap((part) =>
          CHOICES.map((bits) => ({ size: part.size + bits * parameters, cost: part.cost + (costs.get(bits) ?? NaN) })),
        ),
      [{ size: 0, cost: 0 }],
    )
    .map(({ size, cost }) => ({ average: size / total, cost }));
}

describe('paretoFront', () => {
  test('by prices of their own: each point is the least cost at its price, and the bits are still told', () => {
    const priced = problem.chain((layers) =>
      fc
        .tuple(...layers.map(() => fc.tuple(...CHOICES.map(() => fc.integer({ min: 1, max: 30 })))))
        .map((prices) =>
          layers.map((layer, i) => ({ ...layer, prices: new Map(CHOICES.map((bits, k) => [bits, prices[i][k]])) })),
        ),
    );
    fc.assert(
      fc.property(priced, (layers) => {
        const every = layers.reduce<{ price: number; cost: number }[]>(
          (found, { prices, costs }) =>
            found.flatMap((part) =>
              CHOICES.map((bits) => ({
                price: part.price + (prices.get(bits) ?? NaN),
                cost: part.cost + (costs.get(bits) ?? NaN),
              })),
            ),
          [{ price: 0, cost: 0 }],
        );
        const total = layers.reduce((sum, { parameters }) => sum + parameters, 0);
        for (const { price, cost, average, bits } of paretoFront(layers)) {
          const least = Math.min(...every.filter((one) => one.price <= price).map((one) => one.cost));
          expect(cost).toBeCloseTo(least, 9);
          const size = layers.reduce((sum, { layer, parameters }) => sum + (bits.get(layer) ?? NaN) * parameters, 0);
          expect(average).toBeCloseTo(size / total, 9);
        }
      }),
    );
  });

  test('names the layer and the bits that have no price', () => {
    const layer = { layer: 'conv1', parameters: 9, costs: new Map<Bits, number>([[4, 1]]), prices: new Map() };
    expect(() => paretoFront([layer])).toThrow('conv1: nobody has said what 4 bits are paid with.');
  });
});

describe('assignBits', () => {
  test('is the cheapest of all assignments within the budget', () => {
    fc.assert(
      fc.property(problem, fc.double({ min: 2, max: 8, noNaN: true }), (layers, budget) => {
        const { average, cost, bits } = assignBits(layers, budget);
        expect(average).toBeLessThanOrEqual(budget + 1e-9);
        expect(cost).toBeCloseTo(
          Math.min(
            ...all(layers)
              .filter((one) => one.average <= budget + 1e-9)
              .map((one) => one.cost),
          ),
          9,
        );
        const total = layers.reduce((sum, { parameters }) => sum + parameters, 0);
        expect(
          layers.reduce((sum, { layer, parameters }) => sum + (bits.get(layer) ?? NaN) * parameters, 0) / total,
        ).toBeCloseTo(average, 9);
        expect(layers.reduce((sum, { layer, costs }) => sum + (costs.get(bits.get(layer) ?? 2) ?? NaN), 0)).toBeCloseTo(
          cost,
          9,
        );
      }),
    );
  });

  test('never costs more than the uniform assignment of the same size', () => {
    fc.assert(
      fc.property(problem, fc.constantFrom(...CHOICES), (layers, bits) => {
        const uniform = layers.reduce((sum, { costs }) => sum + (costs.get(bits) ?? NaN), 0);
        expect(assignBits(layers, bits).cost).toBeLessThanOrEqual(uniform + 1e-9);
      }),
    );
  });

  test('ResNet-sized: 60 layers in seconds, still no worse than uniform', () => {
    const layers: LayerChoices[] = Array.from({ length: 60 }, (_, i) => ({
      layer: `layer${i}`,
      parameters: 64 * (1 + ((i * 7919) % 9001)),
      costs: new Map(CHOICES.map((bits) => [bits, (1 + ((i * 31) % 17)) * 4 ** -bits])),
    }));
    const uniform = layers.reduce((sum, { costs }) => sum + (costs.get(4) ?? NaN), 0);
    const { average, cost } = assignBits(layers, 4);
    expect(average).toBeLessThanOrEqual(4);
    expect(cost).toBeLessThan(uniform * 0.85);
  });

  test('refuses a budget that nothing fits into', () => {
    const layers = [{ layer: 'a', parameters: 3, costs: new Map<Bits, number>([[4, 1]]) }];
    expect(() => assignBits(layers, 3.5)).toThrow(
      'A budget of 3.5 bits a weight is too small: the narrowest choice takes 4.000.',
    );
    expect(() => assignBits([], 4)).toThrow('no layers');
    expect(() => paretoFront([{ ...layers[0], costs: new Map() }])).toThrow('a: there is no bitwidth');
  });
});

describe('paretoFront', () => {
  test('holds every assignment that no other beats, and none that one beats', () => {
    fc.assert(
      fc.property(problem, (layers) => {
        const front = paretoFront(layers);
        front.slice(1).forEach(({ average, cost }, i) => {
          expect(average).toBeGreaterThan(front[i].average);
          expect(cost).toBeLessThan(front[i].cost);
        });
        for (const one of all(layers)) {
          expect(front.some(({ average, cost }) => average <= one.average + 1e-9 && cost <= one.cost + 1e-9)).toBe(
            true,
          );
        }
      }),
      { numRuns: 50 },
    );
  });
});
