/** A state dict of a residual network, whatever its modules are called and wrapped in, under torchvision's names. */
import { elementCount } from '../graph/arrays.ts';
import type { BottleneckStride, ResNetPlan, ResNetStage } from '../graph/networks/resnetPlan.ts';
import type { NamedArray, Normalization } from '../graph/types.ts';
import { bufferNormalization, modulesOf } from './modules.ts';
import type { Block, Module } from './modules.ts';

type Tensors = ReadonlyMap<string, NamedArray>;

export type StateDict = {
  readonly plan: ResNetPlan;
  /** Under torchvision's names: conv1.weight, bn1.weight, layer1.0.conv1.weight, ..., fc.bias. */
  readonly tensors: Map<string, NamedArray>;
  /** Of buffers that a normalizing layer keeps; null: there are none. */
  readonly normalization: Normalization | null;
  readonly notes: readonly string[];
};

export type StateDictOptions = {
  /** What the file says of where bottlenecks stride; absent: torchvision's way is assumed. */
  readonly stride: BottleneckStride | undefined;
  /** Of the batch norms. */
  readonly eps: number;
};

const ADVICE =
  'Save the whole state_dict of a residual network, as torchvision or timm build it, or export the network as .onnx.';

/**
 * Depths and widths are in the names and shapes. What is not in them is assumed as torchvision has it: stages from the
 * second on halve the image, a 7x7 stem is followed by a max pool and a 3x3 stem by none.
 * @returns null where there are no blocks of convolutions in numbered stages at all
 * @throws Error beginning with the file's name and naming the layer that no such network has
 */
export function residualStateDict(all: Tensors, { stride, eps }: StateDictOptions, fileName: string): StateDict | null {
  const refuse = (sentence: string): never => {
    throw new Error(`${fileName} ${sentence} ${ADVICE}`);
  };
  const found = modulesOf(all, refuse);
  if (!found) return null;
  const { stages, outside, notes } = found;
  const [stem, ...moreConvs] = outside.filter(({ kind }) => kind === 'conv');
  const heads = outside.filter(({ kind }) => kind === 'linear');
  const [stemNorm = null, ...moreNorms] = outside.filter(({ kind }) => kind === 'norm');
  if (heads.length === 0) return refuse('has no classifier: no linear layer follows its blocks.');
  if (heads.length > 1)
    return refuse(`has ${heads.length} linear layers (${paths(heads)}): only one classifier can be imported.`);
  if (!stem || moreConvs.length > 0)
    return refuse(
      `must have one convolution before its blocks, and has ${moreConvs.length + (stem ? 1 : 0)}${stem ? ` (${paths([stem, ...moreConvs])})` : ''}.`,
    );
  if (moreNorms.length > 0)
    return refuse(
      `has batch norms outside its blocks (${paths([...(stemNorm ? [stemNorm] : []), ...moreNorms])}): only one can be imported.`,
    );
  const hasNorms = stages.flat().some(({ norms }) => norms.length > 0);
  if (hasNorms && !stemNorm)
    return refuse(
      `has no batch norm behind its first convolution (${stem.path}): a pre-activation network, whose order of layers cannot be imported.`,
    );

  const [channels, inChannels, kernel] = sizes(stem);
  if (inChannels !== 3)
    return refuse(
      `takes images of ${inChannels === 1 ? 'one channel (grey)' : `${inChannels} channels`}, and pictures here have three (red, green, blue).`,
    );
  if (kernel !== 7 && kernel !== 3)
    return refuse(`begins with a ${kernel}x${kernel} convolution: only 7x7 and 3x3 can be imported.`);
  const bareBlock = stages.flat().find(({ convs }) => convs.length === 0);
  if (bareBlock) return refuse(`has no convolution in ${bareBlock.path}: only blocks of a ResNet can be imported.`);
  const pool = kernel === 7;
  const perBlock = stages[0][0].convs.length;
  const plan: ResNetPlan = {
    inputShape: pool ? [224, 224, 3] : [32, 32, 3],
    stem: { kernel, stride: pool ? 2 : 1, channels, pool },
    block: perBlock === 3 ? 'bottleneck' : 'basic',
    bottleneckStride: stride ?? 'v1.5',
    stages: stages.map((blocks, index): ResNetStage => {
      const { convs } = blocks[0];
      return {
        depth: blocks.length,
        width: sizes(convs[0])[0],
        channels: sizes(convs[convs.length - 1])[0],
        stride: index === 0 ? 1 : 2,
      };
    }),
    classes: sizes(heads[0])[0],
  };
  const said = [...notes];
  if (perBlock === 3 && stride === undefined)
    said.push('Where its bottlenecks stride is in no shape: the 3x3 is assumed, as torchvision has it (v1.5).');

  const tensors = new Map<string, NamedArray>();
  const layer = (conv: string, norm: string, own: Module, batchNorm: Module | null): void => {
    tensors.set(`${conv}.weight`, own.parts.get('weight') ?? refuse(`has no ${own.path}.weight.`));
    for (const [part, array] of normed(own, batchNorm, eps)) tensors.set(`${norm}.${part}`, array);
  };
  layer('conv1', 'bn1', stem, stemNorm);
  let from = channels;
  let bare = 0;
  stages.forEach((blocks, index) =>
    blocks.forEach((block, at) => {
      const name = `layer${index + 1}.${at}`;
      requireBlock(block, plan.block, hasNorms, from, refuse);
      block.convs.forEach((conv, k) =>
        layer(`${name}.conv${k + 1}`, `${name}.bn${k + 1}`, conv, block.norms[k] ?? null),
      );
      const [to] = sizes(block.convs[block.convs.length - 1]);
      const reshapes = to !== from || (at === 0 && index > 0);
      const [shortcut] = block.shortcuts;
      if (shortcut && !reshapes) refuse(`has a convolution in the shortcut of ${block.path}, which changes no shape.`);
      if (shortcut) layer(`${name}.downsample.0`, `${name}.downsample.1`, shortcut, block.shortcutNorms[0] ?? null);
      else if (reshapes) {
        bare++;
        const selection = { kind: 'conv', path: name, parts: new Map([['weight', selected(from, to)]]) } as const;
        layer(`${name}.downsample.0`, `${name}.downsample.1`, selection, null);
      }
      from = to;
    }),
  );
  if (bare > 0)
    said.push(
      `Its ${bare} shortcuts between stages have no weights: every second pixel is taken, and half of the missing channels are zeros before it, half behind (option A).`,
    );
  const [head] = heads;
  const weight = head.parts.get('weight') ?? refuse(`has no ${head.path}.weight.`);
  tensors.set('fc.weight', { shape: weight.shape.slice(0, 2), data: weight.data });
  tensors.set('fc.bias', head.parts.get('bias') ?? vector(plan.classes, 0));
  return { plan, tensors, normalization: bufferNormalization(all), notes: said };
}

const paths = (modules: readonly Module[]): string =>
  modules
    .slice(0, 4)
    .map(({ path }) => path)
    .join(', ');

/** [out, in, kernel height, kernel width]; a matrix has a kernel of 1. */
function sizes({ parts }: Module): readonly [number, number, number, number] {
  const [out = 0, input = 0, height = 1, width = 1] = parts.get('weight')?.shape ?? [];
  return [out, input, height, width];
}

/** @throws where a block is not made of the convolutions of a ResNet */
function requireBlock(
  { path, convs, norms, shortcuts, shortcutNorms }: Block,
  kind: ResNetPlan['block'],
  hasNorms: boolean,
  from: number,
  refuse: (sentence: string) => never,
): void {
  const kernels = kind === 'basic' ? [3, 3] : [1, 3, 1];
  if (convs.length !== kernels.length || shortcuts.length > 1 || shortcutNorms.length > 1)
    refuse(
      `has other layers in ${path} than ResNets have (${paths([...convs, ...shortcuts])}): blocks of two 3x3 convolutions, or of 1x1, 3x3 and 1x1, can be imported.`,
    );
  if (hasNorms && norms.length !== convs.length)
    refuse(`has ${norms.length} batch norms for ${convs.length} convolutions in ${path}.`);
  let input = from;
  convs.forEach((conv, k) => {
    const [out, channels, height, width] = sizes(conv);
    if (height !== kernels[k] || width !== kernels[k])
      refuse(`has a ${height}x${width} convolution in ${conv.path}, where ResNets have ${kernels[k]}x${kernels[k]}.`);
    if (channels !== input)
      refuse(
        channels > 0 && input % channels === 0
          ? `has convolutions in ${input / channels} groups (${conv.path}, as in ResNeXt): only plain ones can be imported.`
          : `reads ${channels} channels in ${conv.path}, which gets ${input}.`,
      );
    input = out;
  });
}

/** A batch norm's arrays; without one those that change nothing. A convolution's bias moves into them. */
function normed(conv: Module, norm: Module | null, eps: number): readonly (readonly [string, NamedArray])[] {
  const [out] = sizes(conv);
  const bias = conv.parts.get('bias')?.data;
  if (!norm) {
    return [
      ['weight', vector(out, Math.sqrt(1 + eps))],
      ['bias', bias ? { shape: [out], data: bias } : vector(out, 0)],
      ['running_mean', vector(out, 0)],
      ['running_var', vector(out, 1)],
    ];
  }
  const mean = norm.parts.get('running_mean') ?? vector(out, 0);
  return [
    ['weight', norm.parts.get('weight') ?? vector(out, 1)],
    ['bias', norm.parts.get('bias') ?? vector(out, 0)],
    ['running_mean', bias ? { ...mean, data: mean.data.map((each, c) => each - bias[c]) } : mean],
    ['running_var', norm.parts.get('running_var') ?? vector(out, 1)],
  ];
}

const vector = (length: number, value: number): NamedArray => ({
  shape: [length],
  data: new Float32Array(length).fill(value),
});

/** [out, in, 1, 1] of zeros and ones: the channels as they are, zeros before and behind them. */
function selected(from: number, to: number): NamedArray {
  const shape = [to, from, 1, 1];
  const data = new Float32Array(elementCount(shape));
  const before = Math.floor((to - from) / 2);
  for (let channel = 0; channel < from; channel++) data[(channel + before) * from + channel] = 1;
  return { shape, data };
}
