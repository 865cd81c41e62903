/** A network as a TensorFlow.js layers model: model.json, weights.bin, metadata.json (tf.loadLayersModel's format). */
import { INPUT } from '../../../graph/types.ts';
import type { FloatModel, TensorName, WeightedNode } from '../../../graph/types.ts';
import { SIGNED } from '../read.ts';
import type { TfjsFiles } from '../container.ts';
import { addLayer, addNode, type NodeWeights, type Writing } from './layers.ts';
import { storedWeights } from './manifest.ts';

export type TfjsNetwork = Pick<FloatModel, 'graph' | 'normalization' | 'classes'> & {
  /** Of every node with weights, its batch norm folded. */
  readonly weightsOf: (node: WeightedNode) => NodeWeights;
  /** Sentences for whoever opens the file, in metadata.json's userMetadata. */
  readonly notes: readonly string[];
};

/** The layer whose output are the logits; a softmax of them stands behind it. */
export type Written = TfjsFiles & { readonly logits: string };

const json = (value: unknown): Uint8Array<ArrayBuffer> => new TextEncoder().encode(JSON.stringify(value));

/** Whether its pixels are scaled from -1 to 1, which Teachable Machine's library does before the network. */
const isSigned = ({ mean, std }: FloatModel['normalization']): boolean =>
  [...mean, ...std].every((each) => Math.abs(each - SIGNED.mean[0]) < 1e-9);

/**
 * The network's answers are its classes' probabilities. One that reads pixels from -1 to 1 gets them so, and metadata.json says
 * what Teachable Machine's library asks for; any other reads pixels of 0 to 255 and scales them itself.
 * @throws Error naming a node that no layer of Keras is
 */
export function writeTfjs({ graph, normalization, classes, weightsOf, notes }: TfjsNetwork): Written {
  const writing: Writing = { graph, weightsOf, layers: [], weights: [], ends: new Map<TensorName, string>() };
  const signed = isSigned(normalization);
  const shape = { batch_input_shape: [null, ...graph.inputShape], dtype: 'float32', sparse: false };
  const pixels = addLayer(writing, 'InputLayer', 'pixels', shape);
  const { mean, std } = normalization;
  const scaling = { scale: std.map((each) => 1 / (255 * each)), offset: mean.map((each, c) => -each / std[c]) };
  writing.ends.set(INPUT, signed ? pixels : addLayer(writing, 'Rescaling', 'rescaling', scaling, pixels));
  for (const node of graph.nodes) addNode(writing, node);
  const logits = writing.ends.get(graph.nodes[graph.nodes.length - 1].name) ?? pixels;
  const answer = addLayer(writing, 'Softmax', 'probabilities', { axis: -1 }, logits);
  const { entries, bytes } = storedWeights(writing.weights);
  const model = {
    format: 'layers-model',
    generatedBy: 'Fewbit',
    convertedBy: null,
    modelTopology: {
      class_name: 'Model',
      config: {
        name: graph.name,
        layers: writing.layers,
        input_layers: [[pixels, 0, 0]],
        output_layers: [[answer, 0, 0]],
      },
      keras_version: 'tfjs-layers 4.22.0',
      backend: 'tensor_flow.js',
    },
    weightsManifest: [{ paths: ['weights.bin'], weights: entries }],
  };
  const teachable = {
    tfjsVersion: '1.3.1',
    tmVersion: '2.4.7',
    packageVersion: '0.8.4',
    packageName: '@teachablemachine/image',
  };
  const metadata = {
    ...(signed ? teachable : {}),
    modelName: graph.name,
    labels: classes,
    imageSize: graph.inputShape[0],
    userMetadata: { notes },
  };
  return {
    model: json(model),
    shards: new Map([['weights.bin', bytes]]),
    metadata: json(metadata),
    chosen: null,
    logits,
  };
}
