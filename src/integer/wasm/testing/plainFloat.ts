/** A folded float network by plain loops in double precision: the judge of the float32 engine in tests. */
import { activated } from '../../../graph/activations.ts';
import { padsOf } from '../../../graph/window.ts';
import { namedArray } from '../../../graph/arrays.ts';
import { lookUp } from '../../../base/lookUp.ts';
import { inferShapes } from '../../../graph/shapes.ts';
import {
  INPUT,
  type AvgPoolNode,
  type Graph,
  type MaxPoolNode,
  type TensorName,
  type Weights,
} from '../../../graph/types.ts';
import { windowOf, type Window } from '../steps/layers.ts';

/** @returns logits of one image [H, W, C] */
export function plainLogits(
  { graph, weights }: { readonly graph: Graph; readonly weights: Weights },
  image: Float32Array,
): Float64Array {
  const shapes = inferShapes(graph);
  const shapeOf = (name: TensorName): readonly [number, number, number] => {
    const shape = lookUp(shapes, name, 'shape');
    return shape.length === 3 ? [shape[0], shape[1], shape[2]] : [1, 1, shape[0]];
  };
  const tensors = new Map<TensorName, Float64Array>([[INPUT, Float64Array.from(image)]]);
  const read = (name: TensorName): Float64Array => lookUp(tensors, name, 'values');
  for (const node of graph.nodes) {
    const [height, width, channels] = shapeOf(node.name);
    const out = new Float64Array(height * width * channels);
    const fill = (valueAt: (y: number, x: number, c: number) => number): void => {
      for (let i = 0; i < out.length; i++)
        out[i] = valueAt(Math.floor(i / (width * channels)), Math.floor(i / channels) % width, i % channels);
    };
    const window = windowOf(node, graph);
    if (window) {
      const [x, kernel, bias] = [
        read(window.input),
        namedArray(weights, `${node.name}.kernel`).data,
        namedArray(weights, `${node.name}.bias`).data,
      ];
      fill((y, at, c) => {
        let sum = bias[c];
        eachTap(window, shapeOf(window.input), y, at, (pixel, tap) => {
          if (window.isDepthwise) sum += x[pixel * channels + c] * kernel[tap * channels + c];
          else
            for (let i = 0; i < window.inChannels; i++)
              sum += x[pixel * window.inChannels + i] * kernel[(tap * window.inChannels + i) * channels + c];
        });
        return activated(sum, window.activation);
      });
    } else if (node.kind === 'add') {
      const [a, b] = node.inputs.map(read);
      for (let i = 0; i < out.length; i++) out[i] = activated(a[i] + b[i], node.activation);
    } else if (node.kind === 'maxPool') {
      const x = read(node.input);
      fill((y, at, c) => {
        let most = -Infinity;
        eachTap(node, shapeOf(node.input), y, at, (pixel) => void (most = Math.max(most, x[pixel * channels + c])));
        return most;
      });
    } else if (node.kind === 'avgPool') {
      const x = read(node.input);
      fill((y, at, c) => {
        let [sum, count] = [0, 0];
        eachTap(node, shapeOf(node.input), y, at, (pixel) => {
          sum += x[pixel * channels + c];
          count++;
        });
        return sum / count;
      });
    } else if (node.kind === 'globalAvgPool') {
      const x = read(node.input);
      const pixels = x.length / channels;
      fill(
        (_, __, c) =>
          Array.from({ length: pixels }, (_, i) => x[i * channels + c]).reduce((sum, value) => sum + value, 0) / pixels,
      );
    }
    tensors.set(node.name, out);
  }
  return read(graph.nodes[graph.nodes.length - 1].name);
}

function eachTap(
  { kernel, stride, padding }: Pick<Window | AvgPoolNode | MaxPoolNode, 'kernel' | 'stride' | 'padding'>,
  [height, width]: readonly number[],
  y: number,
  x: number,
  visit: (pixel: number, tap: number) => void,
): void {
  const { top, left } = padsOf({ padding });
  for (let ky = 0; ky < kernel[0]; ky++) {
    for (let kx = 0; kx < kernel[1]; kx++) {
      const [row, column] = [y * stride - top + ky, x * stride - left + kx];
      if (row >= 0 && row < height && column >= 0 && column < width) visit(row * width + column, ky * kernel[1] + kx);
    }
  }
}
