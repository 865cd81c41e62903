/** A network's steps on the GPU: for each node its shader, what it reads, and how many workgroups it takes. */
import { lookUp } from '../../base/lookUp.ts';
import { padsOf } from '../../graph/window.ts';
import {
  INPUT,
  type AddNode,
  type AvgPoolNode,
  type GlobalAvgPoolNode,
  type MaxPoolNode,
  type TensorName,
  type Window as Sliding,
} from '../../graph/types.ts';
import { additionOf } from '../reference/add.ts';
import { isWhole, realOfCode } from '../reference/pool.ts';
import type { integerNetwork, Window } from '../wasm/steps/layers.ts';
import { windowOf } from '../wasm/steps/layers.ts';
import { bufferOf, pipelineOf, uniformsOf, wordsOf } from './buffers.ts';
import { walkers, WINDOW_FIELDS } from './shaders/common.ts';
import { CONV_FIELDS, convShader } from './shaders/conv.ts';
import { DEPTHWISE_FIELDS, DEPTHWISE_SHADER } from './shaders/depthwise.ts';
import {
  ADD_FIELDS,
  ADD_SHADER,
  AVERAGE_FIELDS,
  AVERAGE_SHADER,
  MAX_POOL_SHADER,
  SOURCE_FIELDS,
  SOURCE_SHADER,
  WINDOW_AVERAGE_FIELDS,
  WINDOW_AVERAGE_SHADER,
} from './shaders/plain.ts';
import type { GpuPlan, GpuTensor } from './lives.ts';
import { averageThresholds } from './thresholds.ts';
import { TILES, workgroupsOf, type TileName } from './tiles.ts';
import { channelTable, chunksOf, codeShift, depthWords, depthwiseWeights, formOf, packWeights } from './weights.ts';

const f32 = Math.fround;

export type IntegerLayers = Extract<ReturnType<typeof integerNetwork>, { kind: 'integer' }>;

/** A node as a shader runs it. Bindings: inputs, constants, the result, `shape`, the number of images. */
export type Step = {
  readonly name: TensorName;
  /** Empty where it reads the source: what was uploaded. */
  readonly inputs: readonly TensorName[];
  readonly constants: readonly GPUBuffer[];
  readonly shape: GPUBuffer;
} & (PlainWork | TiledWork);

type PlainWork = {
  readonly kind: 'plain';
  readonly pipeline: GPUComputePipeline;
  readonly workgroups: (images: number) => number;
};

/** A layer with weights, whose tile is still to be chosen. */
export type TiledWork = {
  readonly kind: 'tiled';
  readonly pipelineFor: (tile: TileName) => Promise<GPUComputePipeline>;
  readonly workgroupsFor: (tile: TileName, images: number) => readonly [number, number];
  /** Output pixels of one image, and output channels. */
  readonly pixels: number;
  readonly channels: number;
  /** Layers of one kind take the same time. */
  readonly layerKind: string;
  readonly weightBytes: number;
};

const valuesOf = <Field extends string>(fields: readonly Field[], values: Readonly<Record<Field, number>>): number[] =>
  fields.map((field) => values[field]);

/** Fields of a window that slides over an image channel by channel. */
function slidingOver(window: Sliding, from: GpuTensor, to: GpuTensor) {
  const { top, left } = padsOf(window);
  return {
    height: from.height,
    width: from.width,
    words: from.words,
    outHeight: to.height,
    outWidth: to.width,
    kernelHeight: window.kernel[0],
    kernelWidth: window.kernel[1],
    stride: window.stride,
    top,
    left,
  };
}

/** The input's step, then one for each node. `table` is what bytes of the source become. */
export async function stepsOf(
  device: GPUDevice,
  { graph, gridOf, outputOf, weightsOf }: IntegerLayers,
  { tensors }: GpuPlan,
  table: GPUBuffer,
): Promise<readonly Step[]> {
  const at = (name: TensorName) => lookUp(tensors, name, 'place');

  async function source(): Promise<Step> {
    const { height, width, channels, words } = at(INPUT);
    return {
      kind: 'plain',
      name: INPUT,
      inputs: [],
      constants: [table],
      pipeline: await pipelineOf(device, 'source', () => SOURCE_SHADER),
      shape: uniformsOf(device, valuesOf(SOURCE_FIELDS, { pixels: height * width, channels, words })),
      workgroups: (images) => walkers(images * height * width * words),
    };
  }

  function tiled(window: Window): Step {
    const { name, input, kernel, stride, inChannels, outChannels, isClassifier } = window;
    const [from, to] = [at(input), at(name)];
    const [grid, weights] = [gridOf(input), weightsOf(name)];
    const output = isClassifier ? null : outputOf(name);
    const depth = { taps: kernel[0] * kernel[1], inChannels };
    const { top, left } = padsOf(window);
    const shape = valuesOf(CONV_FIELDS, {
      height: from.height,
      width: from.width,
      words: from.words,
      outHeight: to.height,
      outWidth: to.width,
      outChannels,
      kernelWidth: kernel[1],
      stride,
      top,
      left,
      depth: depthWords(depth),
      chunks: chunksOf(depth),
      bits: weights.bits,
      isLogits: Number(isClassifier),
      outside: Math.imul(grid.zeroPoint, 0x01010101),
      zeroPoint: output?.zeroPoint ?? 0,
      qmax: output?.qmax ?? 0,
    });
    const packed = packWeights(weights, depth);
    const form = formOf(weights);
    const pixels = to.height * to.width;
    return {
      kind: 'tiled',
      name,
      inputs: [input],
      constants: [bufferOf(device, packed), bufferOf(device, channelTable(weights, grid, output))],
      shape: uniformsOf(device, shape),
      pipelineFor: (tile) => pipelineOf(device, `convolution, ${tile}, ${form}`, () => convShader({ tile, form })),
      workgroupsFor: (tile, images) => workgroupsOf(TILES[tile], images * pixels, outChannels),
      pixels,
      channels: outChannels,
      layerKind: JSON.stringify([shape.slice(0, 14), form]),
      weightBytes: packed.byteLength,
    };
  }

  async function addition({ name, inputs: [p, q] }: AddNode): Promise<Step> {
    const { height, width, words } = at(name);
    const [a, b] = [gridOf(p), gridOf(q)];
    const columns = b.qmax + 1;
    const add = additionOf('portable', a, b, outputOf(name));
    const sums = Uint8Array.from({ length: (a.qmax + 1) * columns }, (_, i) =>
      add(Math.floor(i / columns), i % columns),
    );
    return {
      kind: 'plain',
      name,
      inputs: [p, q],
      constants: [bufferOf(device, wordsOf(sums))],
      pipeline: await pipelineOf(device, 'add', () => ADD_SHADER),
      shape: uniformsOf(device, valuesOf(ADD_FIELDS, { words: height * width * words, columns })),
      workgroups: (images) => walkers(images * height * width * words),
    };
  }

  async function maxPool(node: MaxPoolNode): Promise<Step> {
    const [from, to] = [at(node.input), at(node.name)];
    const shape = valuesOf(WINDOW_FIELDS, slidingOver(node, from, to));
    return {
      kind: 'plain',
      name: node.name,
      inputs: [node.input],
      constants: [],
      pipeline: await pipelineOf(device, 'max pool', () => MAX_POOL_SHADER),
      shape: uniformsOf(device, shape),
      workgroups: (images) => walkers(images * to.height * to.width * to.words),
    };
  }

  async function depthwise(window: Window): Promise<Step> {
    const { name, input } = window;
    const [from, to] = [at(input), at(name)];
    const [grid, output, weights] = [gridOf(input), outputOf(name), weightsOf(name)];
    const shape = valuesOf(DEPTHWISE_FIELDS, {
      ...slidingOver(window, from, to),
      zeroIn: grid.zeroPoint,
      shift: codeShift(weights),
      zeroPoint: output.zeroPoint,
      qmax: output.qmax,
    });
    return {
      kind: 'plain',
      name,
      inputs: [input],
      constants: [bufferOf(device, depthwiseWeights(weights)), bufferOf(device, channelTable(weights, grid, output))],
      pipeline: await pipelineOf(device, 'depthwise', () => DEPTHWISE_SHADER),
      shape: uniformsOf(device, shape),
      workgroups: (images) => walkers(images * to.height * to.width * to.words),
    };
  }

  async function windowAverages(node: AvgPoolNode): Promise<Step> {
    const [from, to] = [at(node.input), at(node.name)];
    const [grid, output] = [gridOf(node.input), gridOf(node.name)];
    const reals = Float32Array.from({ length: 256 }, (_, code) => realOfCode(grid, code));
    const thresholds = averageThresholds(node.kernel[0] * node.kernel[1], output);
    const shape = valuesOf(WINDOW_AVERAGE_FIELDS, { ...slidingOver(node, from, to), qmax: output.qmax });
    return {
      kind: 'plain',
      name: node.name,
      inputs: [node.input],
      constants: [reals, thresholds].map((values) => bufferOf(device, new Uint32Array(values.buffer))),
      pipeline: await pipelineOf(device, 'average of windows', () => WINDOW_AVERAGE_SHADER),
      shape: uniformsOf(device, shape),
      workgroups: (images) => walkers(images * to.height * to.width * to.words),
    };
  }

  async function average({ name, input }: AvgPoolNode | GlobalAvgPoolNode): Promise<Step> {
    const { height, width, words } = at(input);
    const [from, to] = [gridOf(input), gridOf(name)];
    const pixels = height * width;
    // As pool.ts has it: f32(sx / f32(sy * pixels)).
    const multiplier = f32(from.scale / f32(to.scale * pixels));
    const shape = valuesOf(AVERAGE_FIELDS, {
      pixels,
      words,
      zeroSum: from.zeroPoint * pixels,
      multiplierBits: new Int32Array(Float32Array.of(multiplier).buffer)[0],
      zeroPoint: to.zeroPoint,
      qmax: to.qmax,
    });
    return {
      kind: 'plain',
      name,
      inputs: [input],
      constants: [],
      pipeline: await pipelineOf(device, 'average', () => AVERAGE_SHADER),
      shape: uniformsOf(device, shape),
      workgroups: (images) => walkers(images * words),
    };
  }

  const steps = graph.nodes.map((node): Step | Promise<Step> => {
    switch (node.kind) {
      case 'add':
        return addition(node);
      case 'maxPool':
        return maxPool(node);
      case 'avgPool':
        return isWhole(node, [at(node.input).height, at(node.input).width]) ? average(node) : windowAverages(node);
      case 'globalAvgPool':
        return average(node);
      default: {
        const window = windowOf(node, graph) as Window;
        return window.isDepthwise ? depthwise(window) : tiled(window);
      }
    }
  });
  return Promise.all([source(), ...steps]);
}
