/** A small model as Teachable Machine writes one: nested models of a MobileNet's layers, seeded weights, labels. */
import { normal, seededRandom } from '../../base/random.ts';
import type { TfjsFiles } from '../tfjs/container.ts';

/** A layer as Keras writes it: of a functional model with what it reads. */
export const layer = (className: string, name: string, config: object = {}, ...reads: readonly string[]): object => ({
  class_name: className,
  name,
  config: { name, ...config },
  ...(reads.length > 0 && { inbound_nodes: [reads.map((read) => [read, 0, 0, {}])] }),
});

export const sequential = (name: string, ...layers: readonly object[]): object => ({
  class_name: 'Sequential',
  config: { name, layers },
});

/** A weight by name and shape; values are drawn where none are given. */
export type Weight = readonly [name: string, shape: readonly number[], values?: readonly number[]];

const bytes = (value: unknown): Uint8Array<ArrayBuffer> => new TextEncoder().encode(JSON.stringify(value));

/** The files of a model, all weights in float32 in one shard. */
export function modelFiles(
  topology: object,
  weights: readonly Weight[],
  metadata: object | null = null,
  seed = 1,
): TfjsFiles & { readonly json: { readonly modelTopology: object; readonly weightsManifest: readonly object[] } } {
  const random = seededRandom(seed);
  const arrays = weights.map(([name, shape, values]) => {
    const count = shape.reduce((product, size) => product * size, 1);
    const drawn = (): number => (/variance|gamma/.test(name) ? 0.5 + random() : 0.4 * normal(random));
    return Float32Array.from({ length: count }, (_, i) => values?.[i] ?? drawn());
  });
  const data = Float32Array.from(arrays.flatMap((array) => [...array]));
  const specs = weights.map(([name, shape]) => ({ name, shape, dtype: 'float32' }));
  const json = { modelTopology: topology, weightsManifest: [{ paths: ['weights.bin'], weights: specs }] };
  return {
    json,
    model: bytes(json),
    shards: new Map([['weights.bin', new Uint8Array(data.buffer)]]),
    metadata: metadata && bytes(metadata),
    chosen: null,
  };
}

const norm = (name: string, channels: number): readonly Weight[] =>
  ['gamma', 'beta', 'moving_mean', 'moving_variance'].map((part): Weight => [`${name}/${part}`, [channels]]);

const NORM = { axis: -1, epsilon: 0.001, center: true, scale: true };
const VALID = {
  strides: [1, 1],
  padding: 'valid',
  data_format: 'channels_last',
  dilation_rate: [1, 1],
  activation: 'linear',
};
const SAME = { ...VALID, padding: 'same' };

/** metadata.json of an image project. */
export const metadata = (labels: readonly string[], imageSize: number): object => ({
  tfjsVersion: '1.7.4',
  tmVersion: '2.4.14',
  packageVersion: '0.8.4-alpha2',
  packageName: '@teachablemachine/image',
  userMetadata: {},
  modelName: 'made for a test',
  labels,
  imageSize,
});

const CHANNELS = 8;

/** As Teachable Machine nests them: a body, a pool, a head without its last bias. */
export function teachable(
  labels: readonly string[] = ['mug', 'plant', 'hand'],
  side = 16,
  seed = 1,
): ReturnType<typeof modelFiles> {
  const body = {
    class_name: 'Model',
    config: {
      name: 'model1',
      layers: [
        layer('InputLayer', 'input_1', { batch_input_shape: [null, side, side, 3], dtype: 'float32' }),
        layer(
          'ZeroPadding2D',
          'Conv1_pad',
          {
            padding: [
              [0, 1],
              [0, 1],
            ],
          },
          'input_1',
        ),
        layer(
          'Conv2D',
          'Conv1',
          { ...VALID, strides: [2, 2], filters: CHANNELS, kernel_size: [3, 3], use_bias: false },
          'Conv1_pad',
        ),
        layer('BatchNormalization', 'bn_Conv1', NORM, 'Conv1'),
        layer('ReLU', 'Conv1_relu', { max_value: 6 }, 'bn_Conv1'),
        layer(
          'DepthwiseConv2D',
          'block_depthwise',
          { ...SAME, kernel_size: [3, 3], use_bias: false, depth_multiplier: 1 },
          'Conv1_relu',
        ),
        layer('BatchNormalization', 'block_depthwise_BN', NORM, 'block_depthwise'),
        layer('ReLU', 'block_depthwise_relu', { max_value: 6 }, 'block_depthwise_BN'),
        layer(
          'Conv2D',
          'block_project',
          { ...SAME, filters: CHANNELS, kernel_size: [1, 1], use_bias: false },
          'block_depthwise_relu',
        ),
        layer('BatchNormalization', 'block_project_BN', NORM, 'block_project'),
        layer('Add', 'block_add', {}, 'Conv1_relu', 'block_project_BN'),
      ],
      input_layers: [['input_1', 0, 0]],
      output_layers: [['block_add', 0, 0]],
    },
  };
  const topology = sequential(
    'sequential_4',
    sequential('sequential_1', body, layer('GlobalAveragePooling2D', 'pool', { data_format: 'channels_last' })),
    sequential(
      'sequential_3',
      layer('Dense', 'dense_Dense1', {
        units: 10,
        activation: 'relu',
        use_bias: true,
        batch_input_shape: [null, CHANNELS],
      }),
      layer('Dense', 'dense_Dense2', { units: labels.length, activation: 'softmax', use_bias: false }),
    ),
  );
  const weights: readonly Weight[] = [
    ['Conv1/kernel', [3, 3, 3, CHANNELS]],
    ...norm('bn_Conv1', CHANNELS),
    ['block_depthwise/depthwise_kernel', [3, 3, CHANNELS, 1]],
    ...norm('block_depthwise_BN', CHANNELS),
    ['block_project/kernel', [1, 1, CHANNELS, CHANNELS]],
    ...norm('block_project_BN', CHANNELS),
    ['dense_Dense1/kernel', [CHANNELS, 10]],
    ['dense_Dense1/bias', [10]],
    ['dense_Dense2/kernel', [10, labels.length]],
  ];
  return modelFiles(
    { ...topology, keras_version: 'tfjs-layers 1.7.4', backend: 'tensor_flow.js' },
    weights,
    metadata(labels, side),
    seed,
  );
}
