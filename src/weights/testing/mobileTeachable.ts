/**
 * A whole MobileNetV2 of width 0.35 as Teachable Machine writes it, with made weights: its layers have the names of a real one,
 * and the channels of its depthwise layers reach as unlike.
 */
import { normal, seededRandom, type Random } from '../../base/random.ts';
import { layer, metadata, modelFiles, sequential, type Weight } from './teachable.ts';

/** Expansion, channels, blocks, stride of the first of them. */
const STAGES = [
  [1, 8, 1, 1],
  [6, 8, 2, 2],
  [6, 16, 3, 2],
  [6, 24, 4, 2],
  [6, 32, 3, 1],
  [6, 56, 3, 2],
  [6, 112, 1, 1],
] as const;

const NORM = { axis: -1, epsilon: 0.001, center: true, scale: true };
const PLAIN = { data_format: 'channels_last', dilation_rate: [1, 1], activation: 'linear', use_bias: false };
const PAD = {
  padding: [
    [0, 1],
    [0, 1],
  ],
};

type Made = { readonly layers: object[]; readonly weights: Weight[]; tail: string; channels: number };
type Conv = { readonly stride?: number; readonly size?: number; readonly relu?: boolean };

function values(random: Random, count: number, deviation: number): readonly number[] {
  return Array.from({ length: count }, () => deviation * normal(random));
}

/** A batch norm that leaves of each channel between a thirtieth and all where `uneven`. */
function norm(made: Made, random: Random, name: string, uneven: boolean): void {
  const { channels } = made;
  const each = (value: () => number): readonly number[] => Array.from({ length: channels }, value);
  made.layers.push(layer('BatchNormalization', name, NORM, made.tail));
  made.weights.push(
    [`${name}/gamma`, [channels], each(() => (uneven ? 30 ** -random() : 1))],
    [`${name}/beta`, [channels], values(random, channels, 0.1)],
    [`${name}/moving_mean`, [channels], each(() => 0)],
    [`${name}/moving_variance`, [channels], each(() => 1)],
  );
  made.tail = name;
}

function relu6(made: Made, name: string): void {
  made.layers.push(layer('ReLU', name, { max_value: 6 }, made.tail));
  made.tail = name;
}

function pad(made: Made, name: string): void {
  made.layers.push(layer('ZeroPadding2D', name, PAD, made.tail));
  made.tail = name;
}

function conv(made: Made, random: Random, name: string, filters: number, { stride = 1, size = 1 }: Conv): void {
  const config = { ...PLAIN, filters, kernel_size: [size, size], strides: [stride, stride] };
  made.layers.push(layer('Conv2D', name, { ...config, padding: stride === 1 ? 'same' : 'valid' }, made.tail));
  const fan = size * size * made.channels;
  made.weights.push([
    `${name}/kernel`,
    [size, size, made.channels, filters],
    values(random, fan * filters, Math.sqrt(2 / fan)),
  ]);
  Object.assign(made, { tail: name, channels: filters });
}

function depthwise(made: Made, random: Random, name: string, stride: number): void {
  const config = { ...PLAIN, depth_multiplier: 1, kernel_size: [3, 3], strides: [stride, stride] };
  made.layers.push(layer('DepthwiseConv2D', name, { ...config, padding: stride === 1 ? 'same' : 'valid' }, made.tail));
  const { channels } = made;
  made.weights.push([`${name}/depthwise_kernel`, [3, 3, channels, 1], values(random, 9 * channels, Math.sqrt(2 / 9))]);
  made.tail = name;
}

function block(made: Made, random: Random, name: string, expansion: number, filters: number, stride: number): void {
  const { tail: input, channels } = made;
  if (expansion > 1) {
    conv(made, random, `${name}_expand`, channels * expansion, {});
    norm(made, random, `${name}_expand_BN`, false);
    relu6(made, `${name}_expand_relu`);
  }
  if (stride > 1) pad(made, `${name}_pad`);
  depthwise(made, random, `${name}_depthwise`, stride);
  norm(made, random, `${name}_depthwise_BN`, true);
  relu6(made, `${name}_depthwise_relu`);
  conv(made, random, `${name}_project`, filters, {});
  norm(made, random, `${name}_project_BN`, false);
  if (stride > 1 || channels !== filters) return;
  made.layers.push(layer('Add', `${name}_add`, {}, input, made.tail));
  made.tail = `${name}_add`;
}

/** @param side of its images, a multiple of 32 */
export function mobileTeachable(
  labels: readonly string[] = ['mug', 'plant', 'hand'],
  side = 32,
  seed = 1,
): ReturnType<typeof modelFiles> {
  const random = seededRandom(seed);
  const made: Made = { layers: [], weights: [], tail: 'input_1', channels: 3 };
  made.layers.push(layer('InputLayer', 'input_1', { batch_input_shape: [null, side, side, 3], dtype: 'float32' }));
  pad(made, 'Conv1_pad');
  conv(made, random, 'Conv1', 16, { stride: 2, size: 3 });
  norm(made, random, 'bn_Conv1', false);
  relu6(made, 'Conv1_relu');
  let count = 0;
  for (const [expansion, filters, blocks, stride] of STAGES)
    for (let at = 0; at < blocks; at++) {
      const name = count === 0 ? 'expanded_conv' : `block_${count}`;
      block(made, random, name, expansion, filters, at === 0 ? stride : 1);
      count++;
    }
  conv(made, random, 'Conv_1', 1280, {});
  norm(made, random, 'Conv_1_bn', false);
  relu6(made, 'out_relu');
  const body = {
    class_name: 'Model',
    config: {
      name: 'model1',
      layers: made.layers,
      input_layers: [['input_1', 0, 0]],
      output_layers: [[made.tail, 0, 0]],
    },
  };
  const head = { units: 100, activation: 'relu', use_bias: true, batch_input_shape: [null, 1280] };
  const topology = sequential(
    'sequential_4',
    sequential('sequential_1', body, layer('GlobalAveragePooling2D', 'pool', { data_format: 'channels_last' })),
    sequential(
      'sequential_3',
      layer('Dense', 'dense_Dense1', head),
      layer('Dense', 'dense_Dense2', { units: labels.length, activation: 'softmax', use_bias: false }),
    ),
  );
  const dense: readonly Weight[] = [
    ['dense_Dense1/kernel', [1280, 100], values(random, 128_000, 0.1)],
    ['dense_Dense1/bias', [100], values(random, 100, 0.1)],
    ['dense_Dense2/kernel', [100, labels.length], values(random, 100 * labels.length, 0.5)],
  ];
  return modelFiles(
    { ...topology, keras_version: 'tfjs-layers 1.7.4', backend: 'tensor_flow.js' },
    [...made.weights, ...dense],
    metadata(labels, side),
  );
}
