/** The integer engine on a GPU: a quantized network as compute shaders, code for code as the plain interpreter. */
import { lookUp } from '../../base/lookUp.ts';
import { INPUT, type TensorName } from '../../graph/types.ts';
import { quantize } from '../../quant/affine.ts';
import type { QuantizedModel } from '../../quant/types.ts';
import { integerNetwork } from '../wasm/steps/layers.ts';
import { requireRunnable } from './runnable.ts';
import { bindGroupOf, contents, emptyBuffer, readable, uniformsOf, wordsOf } from './buffers.ts';
import { chooseTile } from './choice.ts';
import { enoughRuns, timed } from './clock.ts';
import type { GpuDevice } from './device.ts';
import { gpuPlan, type GpuTensor } from './lives.ts';
import { stepsOf, type IntegerLayers, type Step } from './steps.ts';
import type { TileName } from './tiles.ts';
import type { GpuNetwork, GpuOpenOptions, GpuRunOptions, LayerTile } from './types.ts';

const BATCH = 32;
/** Bytes that all tensors of a batch may take. */
const MOST_BYTES = 256 * 2 ** 20;

/** A step ready to be recorded for a number of images. */
type Ready = {
  readonly name: TensorName;
  readonly pipeline: GPUComputePipeline;
  readonly bindings: GPUBindGroup;
  readonly workgroups: (images: number) => readonly [number, number];
};

/**
 * Opens a quantized network on a GPU: every tensor equals the plain interpreter's (run.ts), code for code, additions by the portable
 * formula. A number of images is made ready, its tiles
 * chosen and its shaders compiled, at its first run: what is measured comes after that.
 * @throws Error as the interpreter does: a grid or weights that the model lacks, a ReLU whose grid does not start at zero, no
 * classifier at the end, a layer that only WebAssembly runs exactly; where one image does not fit the GPU
 */
export async function openGpuNetwork(
  model: QuantizedModel,
  gpu: GpuDevice,
  { choose = 'timed', batch: wanted = BATCH }: GpuOpenOptions = {},
): Promise<GpuNetwork> {
  requireRunnable(model.graph);
  const layers = integerNetwork(model) as IntegerLayers;
  const { graph, gridOf } = layers;
  const { device } = gpu;
  const plan = gpuPlan(graph);
  const [height, width, channels] = graph.inputShape;
  const size = height * width * channels;
  const classes = lookUp(plan.tensors, graph.nodes[graph.nodes.length - 1].name, 'place').words;
  const bytesOfImage = size + plan.slots.reduce((sum, bytes) => sum + bytes, 0);
  const largest = Math.floor(device.limits.maxStorageBufferBindingSize / Math.max(size, ...plan.slots));
  if (largest < 1) throw new Error(`${graph.name}: one image is larger than the buffers of ${gpu.name} may be.`);
  const batch = Math.min(wanted, largest, Math.max(1, Math.floor(MOST_BYTES / bytesOfImage)));

  const table = emptyBuffer(device, channels * 256);
  const steps = await stepsOf(device, layers, plan, table);
  const count = uniformsOf(device, [1]);
  const weightBytes = steps.reduce((bytes, step) => bytes + (step.kind === 'tiled' ? step.weightBytes : 0), 0);
  const constantBytes = steps.reduce(
    (sum, { constants }) => sum + constants.reduce((all, { size }) => all + size, 0),
    0,
  );

  const source = emptyBuffer(device, batch * size);
  const slots = plan.slots.map((bytes) => emptyBuffer(device, batch * bytes));
  const ready = new Map<number, Promise<readonly Ready[]>>();
  let tiles: readonly LayerTile[] = [];
  let isOpen = true;
  let lost: string | null = null;
  void gpu.lost.then((reason) => void (lost = reason));

  const slotOf = (name: TensorName): GPUBuffer => slots[lookUp(plan.tensors, name, 'place').slot];

  const bindingsOf = ({ name, inputs, constants, shape }: Step, pipeline: GPUComputePipeline): GPUBindGroup =>
    bindGroupOf(device, pipeline, [
      ...(inputs.length ? inputs.map(slotOf) : [source]),
      ...constants,
      slotOf(name),
      shape,
      count,
    ]);

  async function prepared(step: Step, images: number, chosen: LayerTile[]): Promise<Ready> {
    const { name } = step;
    if (step.kind === 'plain') {
      const { pipeline, workgroups } = step;
      return { name, pipeline, bindings: bindingsOf(step, pipeline), workgroups: (n) => [workgroups(n), 1] };
    }
    const choice = await chooseTile(gpu, step, images, choose, async (pass, tile) => {
      const pipeline = await step.pipelineFor(tile);
      record(pass, { name, pipeline, bindings: bindingsOf(step, pipeline), workgroups: tiled(step, tile) }, images);
    });
    chosen.push({ name, ...choice });
    const pipeline = await step.pipelineFor(choice.tile);
    return { name, pipeline, bindings: bindingsOf(step, pipeline), workgroups: tiled(step, choice.tile) };
  }

  async function prepare(images: number): Promise<readonly Ready[]> {
    device.queue.writeBuffer(count, 0, Uint32Array.of(images));
    const chosen: LayerTile[] = [];
    const all: Ready[] = [];
    for (const step of steps) all.push(await prepared(step, images, chosen));
    tiles = chosen;
    return all;
  }

  /** Steps for this many images. A batch's last part, and other small numbers, take those of the next power of two. */
  function readyFor(images: number): Promise<readonly Ready[]> {
    const known = Math.min(batch, 2 ** Math.ceil(Math.log2(images)));
    const found = ready.get(known) ?? prepare(known);
    ready.set(known, found);
    return found;
  }

  async function one(bytes: Uint8Array, images: number, first: number, onTensor: GpuRunOptions['onTensor']) {
    const all = await readyFor(images);
    device.queue.writeBuffer(source, 0, wordsOf(bytes));
    device.queue.writeBuffer(count, 0, Uint32Array.of(images));
    const encoder = device.createCommandEncoder();
    const copies: { name: TensorName; copy: GPUBuffer }[] = [];
    const copied = (name: TensorName, bytesOfIt: number): GPUBuffer => {
      const copy = readable(device, bytesOfIt);
      encoder.copyBufferToBuffer(slotOf(name), 0, copy, 0, bytesOfIt);
      return copy;
    };
    if (onTensor) {
      for (const each of all) {
        const pass = encoder.beginComputePass();
        record(pass, each, images);
        pass.end();
        if (each !== all[all.length - 1])
          copies.push({
            name: each.name,
            copy: copied(each.name, images * lookUp(plan.tensors, each.name, 'place').bytes),
          });
      }
    } else {
      const pass = encoder.beginComputePass();
      for (const each of all) record(pass, each, images);
      pass.end();
    }
    const logits = copied(all[all.length - 1].name, images * classes * 4);
    device.queue.submit([encoder.finish()]);
    for (const { name, copy } of copies) {
      const words = new Uint8Array(await contents(copy));
      const tensor = lookUp(plan.tensors, name, 'place');
      for (let image = 0; image < images; image++)
        onTensor?.(name, withoutPadding(words, tensor, image), first + image);
    }
    return new Float32Array(await contents(logits));
  }

  async function all(bytes: Uint8Array, codes: Uint8Array, n: number, { onTensor, signal }: GpuRunOptions) {
    device.queue.writeBuffer(table, 0, wordsOf(codes));
    const logits = new Float32Array(n * classes);
    for (let first = 0; first < n; first += batch) {
      signal?.throwIfAborted();
      if (lost !== null) throw new Error(lost);
      const images = Math.min(batch, n - first);
      const part = bytes.subarray(first * size, (first + images) * size);
      // A device that is lost answers nothing, or an error in its own words.
      const found = await Promise.race([
        one(part, images, first, onTensor).catch(async (error: unknown) => {
          throw lost === null ? error : new Error(lost);
        }),
        gpu.lost.then((reason) => Promise.reject(new Error(reason))),
      ]);
      logits.set(found, first * classes);
    }
    return logits;
  }

  /** One run after another: they share the buffers. */
  let last: Promise<unknown> = Promise.resolve();
  function inTurn(work: () => Promise<Float32Array>): Promise<Float32Array> {
    if (!isOpen) throw new Error(`${graph.name} was closed: it cannot run.`);
    const next = last.then(work, work);
    last = next;
    return next;
  }

  function requireImages(found: number, n: number): void {
    if (found !== n * size)
      throw new Error(
        `${graph.name}: ${n} images of ${graph.inputShape.join(' x ')} are ${n * size} numbers, not ${found}.`,
      );
  }

  const everyByte = Uint8Array.from({ length: channels * 256 }, (_, i) => i & 255);
  return {
    description: `${gpu.name} (WebGPU), dot products of packed bytes`,
    layers: () => tiles,
    batch,
    weightBytes,
    bytes: constantBytes + batch * bytesOfImage,
    async run(images, n, options = {}) {
      requireImages(images.length, n);
      const codes = quantize(images, gridOf(INPUT), 'the input') as Uint8Array;
      return inTurn(() => all(codes, everyByte, n, options));
    },
    async runPixels(pixels, n, normalization, options = {}) {
      requireImages(pixels.length, n);
      const codes = quantize(normalization, gridOf(INPUT), 'the input') as Uint8Array;
      return inTurn(() => all(pixels, codes, n, options));
    },
    async timeLayers(runs) {
      const times: { name: TensorName; ms: number }[] = [];
      await inTurn(async () => {
        const each = await readyFor(1);
        device.queue.writeBuffer(count, 0, Uint32Array.of(1));
        for (const step of each) {
          const passMs = (count: number): Promise<number> =>
            timed(device, async (pass) => {
              for (let run = 0; run < count; run++) record(pass, step, 1);
            });
          const inPass = await enoughRuns(passMs);
          let ms = Infinity;
          for (let run = 0; run < runs; run++) ms = Math.min(ms, (await passMs(inPass)) / inPass);
          times.push({ name: step.name, ms });
        }
        return new Float32Array(0);
      });
      return times;
    },
    close() {
      if (!isOpen) return;
      isOpen = false;
      const buffers = [
        table,
        count,
        source,
        ...slots,
        ...steps.flatMap(({ constants, shape }) => [...constants, shape]),
      ];
      void last.finally(() => buffers.forEach((buffer) => buffer.destroy())).catch(() => undefined);
    },
  };
}

const tiled =
  (step: Extract<Step, { kind: 'tiled' }>, tile: TileName): Ready['workgroups'] =>
  (images) =>
    step.workgroupsFor(tile, images);

function record(pass: GPUComputePassEncoder, { pipeline, bindings, workgroups }: Ready, images: number): void {
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindings);
  pass.dispatchWorkgroups(...workgroups(images));
}

/** One image's codes of a batch, without what fills its channels up. */
function withoutPadding(
  codes: Uint8Array,
  { height, width, channels, words, bytes }: GpuTensor,
  image: number,
): Uint8Array {
  const result = new Uint8Array(height * width * channels);
  for (let pixel = 0; pixel < height * width; pixel++) {
    const at = image * bytes + pixel * words * 4;
    result.set(codes.subarray(at, at + channels), pixel * channels);
  }
  return result;
}
