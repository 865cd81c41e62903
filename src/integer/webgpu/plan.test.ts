/** What of the GPU's engine needs no GPU: which tensors share a buffer, which tile a layer gets, how weights are packed, what is asked. */
import { describe, expect, test } from 'vitest';
import { resnet18, resnet20 } from '../../graph/networks/resnet.ts';
import { inputsOf } from '../../graph/shapes.ts';
import { INPUT } from '../../graph/types.ts';
import { packedBytes } from '../../quant/packing.ts';
import { BITS } from '../../quant/types.ts';
import { seededRandom } from '../../base/random.ts';
import { foldedGraph } from '../testing/foldedGraph.ts';
import { quantizeAtRandom } from '../testing/randomModel.ts';
import { questions, verdict, rightAnswers } from './arithmetic.ts';
import { gpuPlan } from './lives.ts';
import { fixedTile, TILE_NAMES, TILES, tileThreads } from './tiles.ts';
import { formOf, packWeights } from './weights.ts';

test.each([resnet20(), resnet18()])('$name: no tensor lies where another is still to be read', (graph) => {
  const { tensors, slots } = gpuPlan(graph);
  const holds = new Map<number, string>();
  const slotOf = (name: string): number => tensors.get(name)?.slot ?? -1;
  holds.set(slotOf(INPUT), INPUT);
  for (const node of graph.nodes) {
    for (const input of inputsOf(node)) {
      expect(holds.get(slotOf(input)), `${node.name} reads ${input}`).toBe(input);
      expect(slotOf(input), 'a shader may not read and write one buffer').not.toBe(slotOf(node.name));
    }
    holds.set(slotOf(node.name), node.name);
  }
  expect(slots.length).toBeLessThanOrEqual(5);
});

test('every tile fits the default limits, and a layer gets one that wastes little', () => {
  for (const name of TILE_NAMES) expect(tileThreads(TILES[name])).toBeLessThanOrEqual(256);
  expect(fixedTile(32 * 56 * 56, 64)).toBe('128x64');
  expect(fixedTile(64 * 32 * 32, 16)).toBe('64x16');
  expect(fixedTile(49, 512)).toBe('16x16 in 4 slices');
  expect(fixedTile(1, 10)).toBe('4x16 in 8 slices');
});

test.each(BITS)('weights of %d bits take %d bits each, but for what fills the last chunk', (bits) => {
  const graph = foldedGraph(resnet20());
  const { weights } = quantizeAtRandom(graph, seededRandom(1), { weightBits: bits });
  for (const node of graph.nodes) {
    if (node.kind !== 'conv' || node.inChannels % 32 !== 0) continue;
    const layer = weights.get(node.name);
    if (!layer) throw new Error(node.name);
    const packed = packWeights(layer, { taps: node.kernel[0] * node.kernel[1], inChannels: node.inChannels });
    expect(packed.byteLength).toBe(packedBytes(layer.codes.length, bits));
  }
});

test('only affine weights of 8 bits are multiplied as they are', () => {
  const graph = foldedGraph(resnet20());
  for (const bits of BITS) {
    for (const symmetric of [true, false]) {
      const { weights } = quantizeAtRandom(graph, seededRandom(3), { weightBits: bits, symmetric, perChannel: true });
      for (const layer of weights.values())
        if (symmetric || bits < 8) expect(formOf(layer), `${bits} bits`).toBe('signed');
    }
  }
  const { weights } = quantizeAtRandom(graph, seededRandom(3), { weightBits: 8, symmetric: false, perChannel: true });
  expect([...weights.values()].map(formOf)).toContain('unsigned');
});

describe('what a device answers', () => {
  const asked = questions();
  const answers = (): Int32Array => new Int32Array(rightAnswers(asked));
  const count = asked.sums.length;
  const changed = (at: number, by: number): ArrayBuffer => {
    const words = answers();
    words[at] += by;
    return words.buffer as ArrayBuffer;
  };

  test('right answers are right, and there are ties and large sums among the questions', () => {
    expect(verdict(asked, rightAnswers(asked))).toBeNull();
    expect(asked.sums.filter((sum, i) => asked.multipliers[i] === 0.5 && sum % 2 !== 0).length).toBeGreaterThan(100);
    expect(asked.sums.filter((sum) => Math.abs(sum) > 2 ** 24).length).toBeGreaterThan(500);
  });

  test('a code, a product or a dot product that is one off is told from the others', () => {
    expect(verdict(asked, changed(count - 1, 1))).toBe('rounds ties otherwise than to the even integer');
    expect(verdict(asked, changed(count + 5, 1))).toBe('rounds products otherwise than to the nearest float32');
    expect(verdict(asked, changed(2 * count + 5, 1))).toBe('computes dot products of bytes otherwise than exactly');
    expect(verdict(asked, changed(3 * count + 5, 1))).toBe('computes dot products of bytes otherwise than exactly');
  });
});
