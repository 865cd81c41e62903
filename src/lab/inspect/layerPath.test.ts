/** The path of every number of random networks ends in the code that the interpreter gives. */
import { describe, expect, test } from 'vitest';
import { lookUp } from '../../base/lookUp.ts';
import { inferShapes, inputsOf, isDepthwise } from '../../graph/shapes.ts';
import type { Padding, TensorName } from '../../graph/types.ts';
import { padsOf } from '../../graph/window.ts';
import { layerPath } from './layerPath.ts';
import { randomMobile } from '../../integer/testing/randomMobile.ts';
import { randomImages, randomModel } from '../../integer/testing/randomModel.ts';
import { runInteger } from '../../integer/reference/run.ts';
import type { LayerPath, Place } from '../../contract/calls/numberPath.ts';

const NETWORKS = 60;

/** @param padding of the first convolution; by default the model's own */
function run(seed: number, padding?: Padding, random = randomModel(seed)) {
  const [first, ...rest] = random.graph.nodes;
  const nodes = padding && first.kind === 'conv' ? [{ ...first, padding }, ...rest] : random.graph.nodes;
  const model = { ...random, graph: { ...random.graph, nodes } };
  const codes = new Map<TensorName, Uint8Array>();
  const logits = runInteger(model, randomImages(model, 1, seed), 1, {
    onTensor: (name, values) => void codes.set(name, values),
  });
  return { model, codes, logits };
}

/** Corners, and some places between them. */
function* placesOf([height, width, channels]: readonly number[], seed: number): Generator<Place> {
  for (let i = 0; i < 12; i++) {
    const pick = (size: number, salt: number): number =>
      i === 0 ? 0 : i === 1 ? size - 1 : (i * 7 + seed * 13 + salt * 31) % size;
    yield { y: pick(height, 1), x: pick(width, 2), channel: pick(channels, 3) };
  }
}

test(`${NETWORKS} networks: convolutions, additions, pools and logits`, () => {
  const seen = new Map<LayerPath['kind'], number>();
  for (let seed = 1; seed <= NETWORKS; seed++) {
    const { model, codes, logits } = run(seed);
    const shapes = inferShapes(model.graph);
    for (const node of model.graph.nodes) {
      const shape = lookUp(shapes, node.name, 'shape');
      const [height, width, channels] = shape.length === 3 ? shape : [1, 1, shape[0]];
      for (const place of placesOf([height, width, channels], seed)) {
        const path = layerPath(
          model,
          node,
          inputsOf(node).map((name) => lookUp(codes, name, 'codes')),
          place,
        );
        const at = (place.y * width + place.x) * channels + place.channel;
        if (path.kind === 'linear') expect(path.logit).toBe(logits[place.channel]);
        else expect(path.code, `seed ${seed}, ${node.name}`).toBe(lookUp(codes, node.name, 'codes')[at]);
        seen.set(path.kind, (seen.get(path.kind) ?? 0) + 1);
      }
    }
  }
  for (const kind of ['conv', 'add', 'maxPool', 'globalAvgPool', 'linear'] as const)
    expect(seen.get(kind), kind).toBeGreaterThan(200);
});

test('depthwise convolutions and bounded activations, and what cannot be followed is said', () => {
  let depthwise = 0;
  for (let seed = 1; seed <= NETWORKS; seed++) {
    const { model, codes, logits } = run(seed, undefined, randomMobile(seed));
    const shapes = inferShapes(model.graph);
    for (const node of model.graph.nodes) {
      const shape = lookUp(shapes, node.name, 'shape');
      const [height, width, channels] = shape.length === 3 ? shape : [1, 1, shape[0]];
      const operands = inputsOf(node).map((name) => lookUp(codes, name, 'codes'));
      for (const place of placesOf([height, width, channels], seed)) {
        const at = (place.y * width + place.x) * channels + place.channel;
        if (node.kind === 'avgPool' || (node.kind === 'linear' && node.name !== 'fc')) {
          expect(() => layerPath(model, node, operands, place)).toThrow('whose numbers cannot be followed');
          continue;
        }
        const path = layerPath(model, node, operands, place);
        if (path.kind === 'linear') expect(path.logit, `seed ${seed}`).toBe(logits[place.channel]);
        else expect(path.code, `seed ${seed}, ${node.name}`).toBe(lookUp(codes, node.name, 'codes')[at]);
        if (node.kind === 'conv' && isDepthwise(node)) depthwise++;
      }
    }
  }
  expect(depthwise).toBeGreaterThan(500);
});

test('padding that differs by side', () => {
  const { model, codes } = run(7, [2, 0, 1, 3]);
  const [node] = model.graph.nodes;
  const [height, width, channels] = lookUp(inferShapes(model.graph), node.name, 'shape');
  for (const place of placesOf([height, width, channels], 7)) {
    const path = layerPath(model, node, [lookUp(codes, 'input', 'codes')], place);
    const at = (place.y * width + place.x) * channels + place.channel;
    expect(path.kind === 'conv' && path.code).toBe(lookUp(codes, node.name, 'codes')[at]);
  }
});

describe('one convolution', () => {
  const { model, codes } = run(7);
  const node = model.graph.nodes[0];
  const path = layerPath(model, node, [lookUp(codes, 'input', 'codes')], { y: 0, x: 0, channel: 0 });

  test('its steps follow from each other', () => {
    if (path.kind !== 'conv' || node.kind !== 'conv') throw new Error('the first node is a convolution');
    const { terms, sum, bias, accumulator, multiplier, scaled, rounded, shifted, output, code, real } = path;
    expect(terms.product.length).toBe(node.kernel[0] * node.kernel[1] * node.inChannels);
    terms.product.forEach((product, i) => {
      expect(product).toBe(((terms.code[i] - path.inputs[0].zeroPoint) * (terms.weight[i] - path.weightZeroPoint)) | 0);
    });
    expect(sum).toBe(terms.product.reduce((total, product) => total + product, 0));
    expect(accumulator).toBe(sum + bias);
    expect(scaled).toBe(Math.fround(Math.fround(accumulator) * multiplier));
    expect(Math.abs(rounded - scaled)).toBeLessThanOrEqual(0.5);
    expect(shifted).toBe(rounded + output.zeroPoint);
    expect(code).toBe(Math.min(Math.max(shifted, output.qmin), output.qmax));
    expect(real).toBe(Math.fround((code - output.zeroPoint) * output.scale));
  });

  test("what lies outside the image has the zero point's code and adds nothing", () => {
    if (path.kind !== 'conv' || node.kind !== 'conv') throw new Error('the first node is a convolution');
    const outside = [...path.terms.inside.keys()].filter((i) => path.terms.inside[i] === 0);
    expect(outside.length > 0).toBe(padsOf(node).top > 0);
    for (const i of outside) expect([path.terms.code[i], path.terms.product[i]]).toEqual([path.inputs[0].zeroPoint, 0]);
  });

  test('a place outside its output is refused by name', () => {
    const at = (place: Place) => () => layerPath(model, node, [lookUp(codes, 'input', 'codes')], place);
    expect(at({ y: 0, x: 0, channel: 99 })).toThrow(`${node.name} has no number at row 0, column 0, channel 99`);
    expect(at({ y: -1, x: 0, channel: 0 })).toThrow('no number at row -1');
    expect(at({ y: 0, x: 0.5, channel: 0 })).toThrow('column 0.5');
  });
});
