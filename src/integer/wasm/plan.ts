/** Where every tensor of a network lies in one memory: padded for whoever reads it, and gone when nobody does any more. */
import { padsOf } from '../../graph/window.ts';
import { lookUp } from '../../base/lookUp.ts';
import { inferShapes, inputsOf, isDepthwise } from '../../graph/shapes.ts';
import { INPUT, type Graph, type GraphNode, type TensorName } from '../../graph/types.ts';

/** One image's tensor [height, width, channels] in memory, framed by `padding` pixels on each side. All offsets in bytes. */
export type Placed = {
  /** From the first byte of the memory's part for tensors; a multiple of ALIGNMENT. */
  readonly at: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly padding: number;
  /** From one pixel to the next: channels are padded, but for the network's input. */
  readonly pixelBytes: number;
  readonly rowBytes: number;
  /** From `at` to the image's first pixel. */
  readonly inside: number;
  /** Frame included. */
  readonly bytes: number;
};

export type Plan = {
  readonly tensors: ReadonlyMap<TensorName, Placed>;
  /** Where an image waits before it is quantized: float32 [H, W, C], or its pixels. */
  readonly staging: number;
  readonly bytes: number;
};

export const ALIGNMENT = 64;
/** Kernels write eight channels at a time. */
export const CHANNELS = 8;
/** Kernels read up to this far behind a tensor's end; what they read there is multiplied by zero. */
export const SLACK = 64;

type Life = { readonly bytes: number; readonly from: number; readonly to: number };

/**
 * The layout of a folded graph's tensors for images one at a time. A tensor is padded as its widest reader wants it, so that
 * nothing is copied between layers, and its memory is another's as soon as its last reader has run.
 * @param elementBytes 1 for codes, 4 for float32; logits are float32 in both
 * @param keepsAll no tensor gives its place to another
 */
export function planOf(graph: Graph, elementBytes: 1 | 4, keepsAll = false): Plan {
  const shapes = inferShapes(graph);
  const { nodes, inputShape } = graph;
  const padding = new Map<TensorName, number>();
  const lastRead = new Map<TensorName, number>();
  nodes.forEach((node, i) => {
    for (const tensor of inputsOf(node)) {
      lastRead.set(tensor, i);
      padding.set(tensor, Math.max(padding.get(tensor) ?? 0, paddingOf(node)));
    }
  });
  const lives: Life[] = [{ bytes: inputShape[0] * inputShape[1] * inputShape[2] * 4, from: -1, to: -1 }];
  // Only plain convolutions take pixels of an odd number of channels.
  const isConv = (node: GraphNode): boolean => node.kind === 'conv' && !isDepthwise(node);
  const inputMultiple = nodes.every((node) => isConv(node) || !inputsOf(node).includes(INPUT)) ? 1 : CHANNELS;
  const shaped = [INPUT, ...nodes.map(({ name }) => name)].map((name, i) => {
    const last = i === nodes.length;
    const placed = framed(
      lookUp(shapes, name, 'shape'),
      padding.get(name) ?? 0,
      last ? 4 : elementBytes,
      name === INPUT ? inputMultiple : CHANNELS,
    );
    lives.push({
      bytes: placed.bytes,
      from: i - 1,
      to: last || keepsAll ? nodes.length : (lastRead.get(name) ?? i - 1),
    });
    return [name, placed] as const;
  });
  const { offsets, bytes } = packed(lives);
  return {
    tensors: new Map(shaped.map(([name, placed], i) => [name, { ...placed, at: offsets[i + 1] }])),
    staging: offsets[0],
    bytes,
  };
}

/** What lies outside the image is left out by a max pool, and met as the zero point by a convolution. */
const paddingOf = (node: GraphNode): number => (node.kind === 'conv' ? Math.max(...Object.values(padsOf(node))) : 0);

function framed(shape: readonly number[], padding: number, elementBytes: number, multiple: number): Omit<Placed, 'at'> {
  const [height, width, channels] = shape.length === 3 ? shape : [1, 1, shape[0]];
  const pixelBytes = roundUp(channels, multiple) * elementBytes;
  const rowBytes = (width + 2 * padding) * pixelBytes;
  const inside = padding * (rowBytes + pixelBytes);
  return { height, width, channels, padding, pixelBytes, rowBytes, inside, bytes: (height + 2 * padding) * rowBytes };
}

/** Each at the lowest place that is free for as long as it lives. */
function packed(lives: readonly Life[]): { offsets: number[]; bytes: number } {
  const offsets: number[] = [];
  let bytes = 0;
  lives.forEach((life, i) => {
    const size = roundUp(life.bytes + SLACK, ALIGNMENT);
    const others = lives
      .slice(0, i)
      .map((other, j) => ({ ...other, start: offsets[j], end: offsets[j] + roundUp(other.bytes + SLACK, ALIGNMENT) }))
      .filter(({ from, to }) => from <= life.to && to >= life.from)
      .sort((a, b) => a.start - b.start);
    const start = others.reduce((free, other) => (other.start >= free + size ? free : Math.max(free, other.end)), 0);
    offsets.push(start);
    bytes = Math.max(bytes, start + size);
  });
  return { offsets, bytes };
}

export const roundUp = (count: number, step: number): number => Math.ceil(count / step) * step;

/** The same plan, beginning at byte `start`. */
export function movedBy(plan: Plan, start: number): Plan {
  const tensors = new Map([...plan.tensors].map(([name, placed]) => [name, { ...placed, at: placed.at + start }]));
  return { tensors, staging: plan.staging + start, bytes: plan.bytes };
}
