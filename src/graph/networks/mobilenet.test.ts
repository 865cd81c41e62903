import { describe, expect, test } from 'vitest';
import { graphCost } from '../cost.ts';
import { inferShapes } from '../shapes.ts';
import { mobilenetV2 } from './mobilenet.ts';

describe('MobileNetV2', () => {
  // Parameters of width 1: torchvision's model page; MACs as that page (0.3 G) and the paper (300 M; 0.35: 59 M) round them.
  test.each([
    [1, 3_504_872, 300_774_272],
    [0.35, 1_677_128, 59_285_808],
    [1.4, 6_108_776, 582_195_824],
  ])('of width %d is counted to the last parameter', (width, parameters, macs) => {
    expect(graphCost(mobilenetV2({ width }))).toMatchObject({ parameters, macs });
  });

  test("Teachable Machine's: 17 blocks, ten of them with a shortcut, 7 x 7 x 1280 before the pool", () => {
    const graph = mobilenetV2({ width: 0.35, convention: 'keras' });
    const depthwise = graph.nodes.filter((node) => node.kind === 'conv' && node.groups > 1);
    expect(depthwise).toHaveLength(17);
    expect(graph.nodes.filter(({ kind }) => kind === 'add')).toHaveLength(10);
    const shapes = inferShapes(graph);
    expect(
      ['stem', 'block0.project', 'block1.expand', 'block16.project', 'last'].map((name) => shapes.get(name)),
    ).toEqual([
      [112, 112, 16],
      [112, 112, 8],
      [112, 112, 48],
      [7, 7, 112],
      [7, 7, 1280],
    ]);
  });

  test('Keras pads below and on the right alone where it halves an even image, torchvision on all sides', () => {
    const paddings = (convention: 'keras' | 'torchvision', inputSize: number) =>
      mobilenetV2({ convention, inputSize }).nodes.flatMap((node) =>
        node.kind === 'conv' && node.stride === 2 ? [node.padding] : [],
      );
    expect(paddings('torchvision', 224)).toEqual([1, 1, 1, 1, 1]);
    expect(paddings('keras', 224)).toEqual(Array(5).fill([0, 0, 1, 1]));
    expect(paddings('keras', 100)).toEqual([[0, 0, 1, 1], [0, 0, 1, 1], 1, 1, 1]);
  });

  test('a graph is plain data: JSON carries it whole', () => {
    const graph = mobilenetV2({ width: 0.5, classes: 3 });
    expect(JSON.parse(JSON.stringify(graph))).toEqual(graph);
  });
});
