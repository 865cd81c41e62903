/** The bench's networks: shapes of real ones, weights from a seed (no time depends on what they are). */
import { RELU } from '../../src/graph/activations.ts';
import { mobilenetV2 } from '../../src/graph/networks/mobilenet.ts';
import { resnet18, resnet20, resnet50 } from '../../src/graph/networks/resnet.ts';
import { inputsOf } from '../../src/graph/shapes.ts';
import type { Graph, GraphNode } from '../../src/graph/types.ts';
import type { ModelName } from './options.ts';

/** Said in every row. */
export const WEIGHTS = 'seeded (He-normal), activations over -4..4';

export function graphOf(model: ModelName, side: number): Graph {
  switch (model) {
    case 'resnet8':
      return resnet8();
    case 'resnet20':
      return resnet20();
    case 'resnet18':
      return resnet18({ inputSize: side });
    case 'resnet50':
      return resnet50({ inputSize: side });
    case 'mobilenetv2':
      // Teachable Machine's width.
      return mobilenetV2({ width: 0.35, inputSize: side, convention: 'keras' });
  }
}

/** The ResNet of MLPerf Tiny (github.com/mlcommons/tiny): ResNet-20 with the first of each stage's three blocks. */
export function resnet8(): Graph {
  const { inputShape, nodes } = resnet20();
  const kept = (name: string): string => name.replace(/^(layer\d)\.2\./, '$1.0.');
  return {
    name: 'resnet8',
    inputShape,
    nodes: nodes.filter(({ name }) => !/^layer\d\.[12]\./.test(name)).map((node) => renamed(node, kept)),
  };
}

function renamed(node: GraphNode, kept: (name: string) => string): GraphNode {
  if (node.kind !== 'add') return { ...node, input: kept(node.input) };
  const [a, b] = inputsOf(node).map(kept);
  return { ...node, inputs: [a, b] };
}

/** One 3x3 convolution of 64 to 64 channels: what kernels are compared on. */
export function oneLayer(side: number): Graph {
  return {
    name: 'conv3x3',
    inputShape: [side, side, 64],
    nodes: [
      {
        kind: 'conv',
        name: 'conv',
        input: 'input',
        kernel: [3, 3],
        stride: 1,
        padding: 1,
        inChannels: 64,
        outChannels: 64,
        groups: 1,
        bias: true,
        batchNorm: null,
        activation: RELU,
      },
      { kind: 'globalAvgPool', name: 'avgpool', input: 'conv' },
      { kind: 'linear', name: 'fc', input: 'avgpool', inFeatures: 64, outFeatures: 10, bias: true, activation: null },
    ],
  };
}
