/** Networks that are built of the same blocks as MobileNetV2, or under like names: what sets each apart in a state dict. */
import type { NamedArray } from '../graph/types.ts';

type Tensors = ReadonlyMap<string, NamedArray>;

/** Which it is, the array that says so, and whether its operators are known here: then an .onnx of it can be brought. */
export type Relative = { readonly network: string; readonly because: string; readonly isReadAsOnnx: boolean };

const relative = (network: string, because: string, isReadAsOnnx = false): Relative => ({
  network,
  because,
  isReadAsOnnx,
});

const EXCITED = 'an EfficientNet or another network with squeeze-and-excitation';

/** By one name that no other network has. */
const MARKS: readonly (readonly [name: RegExp, network: string, isReadAsOnnx: boolean])[] = [
  [/(?:^|\.)mobilenet_v1\.conv_stem\./, 'a MobileNetV1', true],
  [
    /(?:^|\.)conv_stem\.first_conv\.convolution\./,
    "a MobileNetV2 under Transformers' names, which do not say how it pads",
    true,
  ],
  [/(?:^|\.)features\.\d+\.block\.\d+\.\d+\.weight$/, 'a MobileNetV3', false],
  [/(?:^|\.)features\.\d+\.\d+\.block\.\d+\.\d+\.weight$/, EXCITED, false],
  [/(?:^|\.)_blocks\.\d+\._depthwise_conv\.weight$/, EXCITED, false],
];

const isDepthwise = ({ shape }: NamedArray): boolean => shape.length === 4 && shape[0] > 1 && shape[1] === 1;

const TIMM_STEM = /(?:^|\.)conv_stem\.weight$/;
const TIMM_BLOCK = /(?:^|\.)blocks\.\d+\.\d+\./;

/** What other network the arrays are, or null. */
export function relativeOf(tensors: Tensors): Relative | null {
  if (![...tensors.values()].some(isDepthwise)) return null;
  const names = [...tensors.keys()];
  const nameLike = (name: RegExp): string | undefined => names.find((each) => name.test(each));
  for (const [mark, network, isReadAsOnnx] of MARKS) {
    const because = nameLike(mark);
    if (because !== undefined) return relative(network, because, isReadAsOnnx);
  }
  // One of many who list their blocks by number alone.
  const first = tensors.get('model.1.0.weight');
  if (first && isDepthwise(first) && tensors.has('model.1.3.weight'))
    return relative('a MobileNetV1', 'model.1.0.weight', true);
  const stem = nameLike(TIMM_STEM);
  return stem !== undefined && nameLike(TIMM_BLOCK) ? ofTimm(tensors, nameLike) : null;
}

/** timm builds a whole family of the same modules. */
function ofTimm(tensors: Tensors, nameLike: (name: RegExp) => string | undefined): Relative | null {
  const head = nameLike(/(?:^|\.)conv_head\.bias$/);
  const excitation = nameLike(/(?:^|\.)blocks\.\d+\.\d+\.se\./);
  const four = nameLike(/(?:^|\.)blocks\.\d+\.\d+\.pw_exp\./);
  const fused = nameLike(/(?:^|\.)blocks\.\d+\.\d+\.conv_exp\./);
  if (four !== undefined) return relative('a MobileNetV4', four);
  if (head !== undefined) return relative('a MobileNetV3 or a relative of it', head);
  if (excitation !== undefined) return relative(EXCITED, excitation);
  if (fused !== undefined) return relative('an EfficientNetV2', fused);
  const wide = [...tensors].find(
    ([name, array]) => /\.conv_dw\.weight$/.test(name) && isDepthwise(array) && array.shape[2] > 3,
  );
  if (wide !== undefined) {
    const windows = wide[1].shape.slice(2).join('x');
    return relative(
      `a network with depthwise windows of ${windows}, as MNASNet and EfficientNet-Lite have them`,
      wide[0],
      true,
    );
  }
  const depthwise = nameLike(/(?:^|\.)blocks\.\d+\.\d+\.conv_dw\.weight$/);
  if (depthwise !== undefined && nameLike(/\.conv_pw\./) && !nameLike(/\.conv_pwl\./))
    return relative('a MobileNetV1', depthwise, true);
  return null;
}
