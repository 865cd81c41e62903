/** A state dict of a MobileNetV2 (arXiv:1801.04381) under torchvision's or timm's names: its channels, and what each layer is called. */
import { MOBILENET_STAGES } from '../graph/networks/mobilenetPlan.ts';
import type { MobileNetBlock, MobileNetPlan } from '../graph/networks/mobilenetPlan.ts';
import type { NamedArray } from '../graph/types.ts';
import { lookUp } from '../base/lookUp.ts';
import { relativeOf } from './mobileRelatives.ts';
import type { ModuleOf } from './names.ts';

type Tensors = ReadonlyMap<string, NamedArray>;

/** What the file calls a convolution and its batch norm; the classifier has none. */
type Layer = { readonly own: string; readonly batchNorm: string };

export type MobileStateDict = {
  readonly plan: MobileNetPlan;
  readonly classes: number;
  /** What the file calls the modules of `mobilenet(plan)`. */
  readonly moduleOf: ModuleOf;
};

/** The layers of a block, by the graph's names. */
type BlockLayers = {
  readonly expand: Layer | null;
  readonly depthwise: Layer;
  readonly project: Layer;
  readonly stride: number;
};

type Layers = { readonly stem: Layer; readonly blocks: readonly BlockLayers[]; readonly last: Layer };

const ADVICE =
  'Save the whole state_dict of a MobileNetV2, as torchvision or timm build it, or export the network as .onnx.';

/** Each wrapper around the network ends in a dot. */
const TORCHVISION = /^((?:.*\.)?)features\.0\.0\.weight$/;
const TIMM = /^((?:.*\.)?)conv_stem\.weight$/;

/**
 * Which blocks widen and all channels are in names and shapes; strides are the paper's, which no array holds.
 * @returns null where the names are neither's
 * @throws Error beginning with the file's name: an array that is missing or no convolution's, stages or blocks that a
 * MobileNetV2 has not, or another network that is built of the same blocks, by its name
 */
export function mobileStateDict(tensors: Tensors, fileName: string): MobileStateDict | null {
  const refuse = (sentence: string): never => {
    throw new Error(`${fileName} ${sentence} ${ADVICE}`);
  };
  const relative = relativeOf(tensors);
  if (relative)
    throw new Error(
      `${fileName} holds ${relative.network} (${relative.because}), which cannot be imported${relative.isReadAsOnnx ? ' from .safetensors: export it as .onnx, or bring' : '. Bring'} a MobileNetV2 as torchvision or timm build it, or a ResNet.`,
    );
  const layers = torchvisionLayers(tensors, refuse) ?? timmLayers(tensors, refuse);
  if (!layers) return null;

  function channelsOf({ own }: Layer): number {
    const name = `${own}.weight`;
    const shape = tensors.get(name)?.shape ?? refuse(`is not a whole MobileNetV2: it lacks ${name}.`);
    return shape.length === 4 && shape[0] > 0
      ? shape[0]
      : refuse(`has the shape [${shape}] in ${name}, which is no convolution's.`);
  }
  const head = headOf(tensors, refuse);
  const blocks = layers.blocks.map(({ expand, project, stride }): MobileNetBlock => {
    const expanded = expand && channelsOf(expand);
    return { expanded, channels: channelsOf(project), stride };
  });
  const plan = { stem: channelsOf(layers.stem), blocks, last: channelsOf(layers.last) };

  const byNode = new Map<string, Layer>([
    ['stem', layers.stem],
    ...layers.blocks.flatMap(({ expand, depthwise, project }, at): (readonly [string, Layer])[] => [
      ...(expand ? [[`block${at}.expand`, expand] as const] : []),
      [`block${at}.depthwise`, depthwise],
      [`block${at}.project`, project],
    ]),
    ['last', layers.last],
    ['fc', { own: head.path, batchNorm: head.path }],
  ]);
  return { plan, classes: head.classes, moduleOf: ({ name }, module) => lookUp(byNode, name, 'layer')[module] };
}

type Refuse = (sentence: string) => never;

/** The one matrix of the network: people name it anew when they replace it. */
function headOf(tensors: Tensors, refuse: Refuse): { readonly path: string; readonly classes: number } {
  const heads = [...tensors].filter(([name, { shape }]) => shape.length === 2 && name.endsWith('.weight'));
  if (heads.length === 0) return refuse('has no classifier: no linear layer follows its blocks.');
  if (heads.length > 1)
    return refuse(
      `has ${heads.length} linear layers (${heads
        .slice(0, 4)
        .map(([name]) => name)
        .join(', ')}): only one classifier can be imported.`,
    );
  const [[name, { shape }]] = heads;
  return { path: name.slice(0, -'.weight'.length), classes: shape[0] };
}

const wrapperOf = (tensors: Tensors, first: RegExp): string | undefined =>
  [...tensors.keys()].map((name) => first.exec(name)?.[1]).find((wrapper) => wrapper !== undefined);

/** features.0 (stem), features.1.conv ... features.17.conv, features.18; null: they are other names. */
function torchvisionLayers(tensors: Tensors, refuse: Refuse): Layers | null {
  const wrapper = wrapperOf(tensors, TORCHVISION);
  if (wrapper === undefined) return null;
  const path = `${wrapper}features.`;
  const numbers = [...tensors.keys()].flatMap((name) => {
    const found = name.startsWith(path) ? /^(\d+)\.conv\./.exec(name.slice(path.length)) : null;
    return found ? [Number(found[1])] : [];
  });
  if (numbers.length === 0) return null;
  const strides = MOBILENET_STAGES.flatMap(([, , depth, stride]) =>
    Array.from({ length: depth }, (_, at) => (at === 0 ? stride : 1)),
  );
  const count = numbers.reduce((most, number) => Math.max(most, number), 0);
  if (count !== strides.length)
    return refuse(
      `has ${count} blocks (up to ${path}${count}), and a MobileNetV2 has ${strides.length}: where others stride is in none of their names.`,
    );
  const triple = (at: string): Layer => ({ own: `${path}${at}.0`, batchNorm: `${path}${at}.1` });
  const blocks = strides.map((stride, at): BlockLayers => {
    const block = `${at + 1}.conv`;
    // Of three convolutions the second stands at conv.1.0 and the last norm at conv.3: either tells, if the other is lost.
    const widens = tensors.has(`${path}${block}.1.0.weight`) || tensors.has(`${path}${block}.3.weight`);
    const project = widens ? 2 : 1;
    return {
      expand: widens ? triple(`${block}.0`) : null,
      depthwise: triple(`${block}.${project - 1}`),
      project: { own: `${path}${block}.${project}`, batchNorm: `${path}${block}.${project + 1}` },
      stride,
    };
  });
  return { stem: triple('0'), blocks, last: triple(String(count + 1)) };
}

/** conv_stem, blocks.STAGE.BLOCK (as many blocks as there are), conv_head; null: they are other names. */
function timmLayers(tensors: Tensors, refuse: Refuse): Layers | null {
  const wrapper = wrapperOf(tensors, TIMM);
  if (wrapper === undefined) return null;
  const depths = new Map<number, number>();
  for (const name of tensors.keys()) {
    const found = name.startsWith(wrapper) ? /^blocks\.(\d{1,2})\.(\d{1,2})\./.exec(name.slice(wrapper.length)) : null;
    if (!found) continue;
    const [stage, block] = [Number(found[1]), Number(found[2])];
    depths.set(stage, Math.max(depths.get(stage) ?? 0, block + 1));
  }
  if (depths.size === 0) return null;
  if (depths.size !== MOBILENET_STAGES.length)
    return refuse(
      `has ${depths.size} stages of blocks, and a MobileNetV2 has ${MOBILENET_STAGES.length}: where others stride is in none of their names.`,
    );
  const layer = (path: string, own: string, batchNorm: string): Layer => ({
    own: `${wrapper}${path}${own}`,
    batchNorm: `${wrapper}${path}${batchNorm}`,
  });
  const blocks = MOBILENET_STAGES.flatMap(([, , , stride], stage) =>
    Array.from({ length: depths.get(stage) ?? 1 }, (_, at): BlockLayers => {
      const path = `blocks.${stage}.${at}.`;
      // The first stage does not widen: its 1x1 convolution narrows, and has the name that elsewhere widens.
      const widens = stage > 0 || tensors.has(`${wrapper}${path}conv_pwl.weight`);
      return {
        expand: widens ? layer(path, 'conv_pw', 'bn1') : null,
        depthwise: layer(path, 'conv_dw', widens ? 'bn2' : 'bn1'),
        project: widens ? layer(path, 'conv_pwl', 'bn3') : layer(path, 'conv_pw', 'bn2'),
        stride: at === 0 ? stride : 1,
      };
    }),
  );
  return { stem: layer('', 'conv_stem', 'bn1'), blocks, last: layer('', 'conv_head', 'bn2') };
}
