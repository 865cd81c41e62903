/** The shortcut without parameters (He et al. 2016, option A): every second pixel, and channels of zeros. */
import { lookUp } from '../../../base/lookUp.ts';
import type { ConvNode } from '../../../graph/types.ts';
import type { OnnxNode } from '../parse.ts';
import { describeNode } from '../readers.ts';
import { addNode, freshName, isChannelsLastImage, isImage, valueOf } from './values.ts';
import type { Reading, Value } from './values.ts';
import { optional, stepped } from './views.ts';

type Rule = (reading: Reading, node: OnnxNode) => Value;

/**
 * What such a shortcut computes, as a 1x1 convolution of zeros and ones: input channel c becomes output channel
 * c + `before`.
 */
export function selection(reading: Reading, node: OnnxNode, value: Value, before = 0, after = 0): Value {
  const [, , channels] = lookUp(reading.shapes, value.tensor, 'shape');
  const [rows, columns] = value.step ?? [1, 1];
  if (rows !== columns) throw new Error(`${describeNode(node)} takes every ${rows}th row and ${columns}th column.`);
  const outChannels = before + channels + after;
  const conv: ConvNode = {
    kind: 'conv',
    name: freshName(reading, node),
    input: value.tensor,
    kernel: [1, 1],
    stride: rows,
    padding: 0,
    inChannels: channels,
    outChannels,
    groups: 1,
    bias: false,
    batchNorm: null,
    activation: null,
  };
  const kernel = new Float32Array(channels * outChannels);
  for (let channel = 0; channel < channels; channel++) kernel[channel * outChannels + before + channel] = 1;
  reading.arrays.set(`${conv.name}.kernel`, { shape: [1, 1, channels, outChannels], data: kernel });
  return addNode(reading, conv);
}

/** What is joined: a value, or a constant where it is all zeros; null where it is another constant. */
function part({ values, constants }: Reading, name: string): Value | null {
  const value = values.get(name);
  if (value) return value;
  if (!constants.has(name)) return null;
  const { shape, data } = constants.get(name);
  return data.every((each: number | bigint) => Number(each) === 0) ? { tensor: '', shape, zeros: true } : null;
}

export const SHORTCUTS: Readonly<Record<string, Rule>> = {
  /** From the first to the last, in steps along rows and columns. */
  Slice(reading, node) {
    const value = valueOf(reading, node);
    const { shape } = value;
    const list = (name: string, index: number): readonly number[] | undefined => {
      const input = optional(reading, node, index);
      return input ? Array.from(input.data, Number) : (node.attributes.get(name) as readonly number[] | undefined);
    };
    const [starts = [], ends = []] = [list('starts', 1), list('ends', 2)];
    const axes = (list('axes', 3) ?? [...starts.keys()]).map((axis) => (axis < 0 ? axis + shape.length : axis));
    const steps = list('steps', 4) ?? starts.map(() => 1);
    const step: [number, number] = [1, 1];
    axes.forEach((axis, at) => {
      const whole = starts[at] === 0 && ends[at] >= shape[axis];
      if (!whole || !(steps[at] === 1 || (steps[at] > 1 && (axis === 2 || axis === 3))))
        throw new Error(`${describeNode(node)} cuts a part out of [${shape}], which cannot be imported.`);
      if (axis === 2 || axis === 3) step[axis - 2] = steps[at];
    });
    if (step.join() === '1,1') return value;
    if (!isImage(reading, value) || value.averaged || value.pads || shape.length !== 4)
      throw new Error(`${describeNode(node)} reads [${shape}], which is no image.`);
    return stepped(value, step);
  },

  /** Zeros before or behind the channels make a shortcut of it: torch.cat((x[:, :, ::2, ::2], zeros), 1). */
  Concat(reading, node) {
    const parts = node.inputs.map((name) => part(reading, name));
    const images = parts.filter((each) => each !== null && !each.zeros);
    const [value] = images;
    const axis = Number(node.attributes.get('axis') ?? 1);
    const isPlain = value && isImage(reading, value) && !value.averaged && !value.pads && !value.mean;
    const fits = parts.every(
      (each) => each?.shape.length === 4 && [0, 2, 3].every((at) => each.shape[at] === value?.shape[at]),
    );
    if (images.length !== 1 || !isPlain || !fits || (axis !== 1 && axis !== -3))
      throw new Error(
        `${describeNode(node)} joins ${parts.length} tensors, as DenseNet, Inception and SqueezeNet do: only an image and channels of zeros can be joined, as in a shortcut without parameters.`,
      );
    const at = parts.indexOf(value);
    const channels = (some: readonly (Value | null)[]): number =>
      some.reduce((sum, each) => sum + (each?.shape[1] ?? 0), 0);
    return selection(reading, node, value, channels(parts.slice(0, at)), channels(parts.slice(at + 1)));
  },

  /** Zeros around the image are padding; zeros for more channels make a shortcut of it. */
  Pad(reading, node) {
    const value = valueOf(reading, node);
    const { shape } = value;
    const given = optional(reading, node, 1);
    const pads = given ? Array.from(given.data, Number) : ((node.attributes.get('pads') as readonly number[]) ?? []);
    const input = optional(reading, node, 3);
    const axes = input ? Array.from(input.data, Number) : [...shape.keys()];
    const fill = Number(optional(reading, node, 2)?.data[0] ?? node.attributes.get('value') ?? 0);
    const sides = (axis: number): readonly [number, number] => {
      const at = axes.findIndex((each) => (each < 0 ? each + shape.length : each) === axis);
      return at < 0 ? [0, 0] : [pads[at], pads[at + axes.length]];
    };
    if (pads.every((each) => each === 0)) return value;
    const isLast = isChannelsLastImage(reading, value);
    const [images, channels, rows, columns] = (isLast ? [0, 3, 1, 2] : [0, 1, 2, 3]).map(sides);
    const spatial = [...rows, ...columns].some((each) => each !== 0);
    const mode = node.attributes.get('mode') ?? 'constant';
    const plain = isImage(reading, value) && !value.averaged && !value.pads && shape.length === 4;
    const sound = pads.length === 2 * axes.length && pads.every((each) => Number.isInteger(each) && each >= 0);
    if (!plain || !sound || fill !== 0 || mode !== 'constant' || images.some((each) => each !== 0))
      throw new Error(`${describeNode(node)} pads [${shape}] by [${pads}] in a way that cannot be imported.`);
    if (!spatial && !isLast) return selection(reading, node, value, ...channels);
    if (channels.some((each) => each !== 0) || value.step)
      throw new Error(`${describeNode(node)} pads [${shape}] by [${pads}] in a way that cannot be imported.`);
    return { ...value, pads: [rows[0], columns[0], rows[1], columns[1]] };
  },
};
