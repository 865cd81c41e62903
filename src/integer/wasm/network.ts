/** The engine: a network laid out in one WebAssembly memory, and run there. */
import { foldBatchNorm } from '../../graph/fold.ts';
import { lookUp } from '../../base/lookUp.ts';
import { INPUT, type Graph, type TensorName, type Weights } from '../../graph/types.ts';
import type { QuantizedModel } from '../../quant/types.ts';
import { assemble, type Assembled, type Batch } from './assemble.ts';
import { callCrew } from './host/crew.ts';
import { floatNetwork, integerNetwork, type Network } from './steps/layers.ts';
import { giveMemory } from './host/memories.ts';
import type { Placed } from './plan.ts';
import {
  SLICE_MS,
  type LayerTime,
  type OnTensor,
  type OpenOptions,
  type RunOptions,
  type SliceOptions,
  type WasmNetwork,
  type Source,
} from './types.ts';

/**
 * Opens a quantized network: every tensor equals the plain interpreter's (run.ts), code for code, additions by the portable formula.
 * @throws Error as the interpreter does: a grid or weights that the model lacks, a ReLU whose grid does not start at zero, no
 * classifier at the end
 */
export async function openIntegerNetwork(model: QuantizedModel, options: OpenOptions = {}): Promise<WasmNetwork> {
  return open(integerNetwork(model), options);
}

/** Opens a float32 network by the same plan and loops; batch norms are folded first. */
export async function openFloatNetwork(
  model: { readonly graph: Graph; readonly weights: Weights },
  options: OpenOptions = {},
): Promise<WasmNetwork> {
  return open(floatNetwork(foldBatchNorm(model.graph, model.weights)), options);
}

async function open(network: Network, options: OpenOptions): Promise<WasmNetwork> {
  const crew = callCrew(options);
  const { threads } = crew;
  const assembled = await assemble(network, crew, options, threads).catch((error: unknown) => {
    crew.release();
    throw error;
  });
  const { memory, sync, batch } = assembled;
  const exports = await crew.begin(memory, sync);
  const steps = network.graph.nodes.length + 1;
  let isOpen = true;

  function requireOpen(): void {
    if (!isOpen) throw new Error(`${network.graph.name} was closed: it cannot run.`);
  }

  const walk = (first: number, last: number): void => {
    requireOpen();
    exports.run(assembled.steps, first, last, threads, sync);
  };
  const stage = stager(network, assembled);

  function one(source: Source, image: number, logits: Float32Array, onTensor?: OnTensor): void {
    const first = stage(source, image);
    if (!onTensor) {
      walk(first, first + 1);
      walk(1, steps);
    } else {
      walk(first, first + 1);
      network.graph.nodes.forEach((_, i) => {
        const before = i === 0 ? INPUT : network.graph.nodes[i - 1].name;
        onTensor(before, values(assembled, network, before), image);
        walk(i + 1, i + 2);
      });
    }
    assembled.checkNaN(source, image);
    logits.set(assembled.logits(), image * assembled.classes);
  }

  /** Images `first` to `first + count - 1`, each in one thread. */
  function together(
    { record, stage, logits: found }: Batch,
    source: Source,
    first: number,
    count: number,
    logits: Float32Array,
  ): void {
    requireOpen();
    stage(source, first, count);
    exports.runBatch(record, threads, sync);
    assembled.checkNaN(source, first);
    logits.set(found(count), first * assembled.classes);
  }

  function all(source: Source, n: number, { onTensor }: RunOptions = {}): Float32Array {
    requireImages(network.graph, source.values.length, n);
    const logits = new Float32Array(n * assembled.classes);
    if (batch && n > 1 && !onTensor) {
      for (let image = 0; image < n; image += batch.room)
        together(batch, source, image, Math.min(batch.room, n - image), logits);
    } else for (let image = 0; image < n; image++) one(source, image, logits, onTensor);
    return logits;
  }

  async function layerByLayer(
    source: Source,
    image: number,
    logits: Float32Array,
    between: () => Promise<void>,
  ): Promise<void> {
    const first = stage(source, image);
    walk(first, first + 1);
    for (let step = 1; step < steps; step++) {
      walk(step, step + 1);
      await between();
    }
    assembled.checkNaN(source, image);
    logits.set(assembled.logits(), image * assembled.classes);
  }

  const pace = paceOf(network);

  async function inSlices(
    source: Source,
    n: number,
    { pause, sliceMs = SLICE_MS }: SliceOptions,
  ): Promise<Float32Array> {
    requireImages(network.graph, source.values.length, n);
    const logits = new Float32Array(n * assembled.classes);
    let since = performance.now();
    async function rest(): Promise<void> {
      await pause();
      since = performance.now();
    }
    for (let image = 0; image < n;) {
      const start = performance.now();
      let count = 1;
      if (batch && pace.imageMs <= sliceMs) {
        count = Math.min(batch.room, n - image, threads * Math.floor(sliceMs / pace.imageMs));
        together(batch, source, image, count, logits);
        pace.imageMs = ((performance.now() - start) * threads) / count;
        if (image + count < n) await rest();
      } else {
        let waited = 0;
        await layerByLayer(source, image, logits, async () => {
          if (performance.now() - since < sliceMs) return;
          const from = performance.now();
          await rest();
          waited += performance.now() - from;
        });
        pace.imageMs = (performance.now() - start - waited) * threads;
      }
      image += count;
    }
    return logits;
  }

  return {
    description: crew.description,
    layers: assembled.layers,
    threads,
    memoryBytes: assembled.bytes,
    run: (images, n, run) => all({ kind: 'numbers', values: images }, n, run),
    runPixels(pixels, n, normalization, run) {
      assembled.writeTable(normalization);
      return all({ kind: 'pixels', values: pixels }, n, run);
    },
    runInSlices: (images, n, slices) => inSlices({ kind: 'numbers', values: images }, n, slices),
    runPixelsInSlices(pixels, n, normalization, slices) {
      assembled.writeTable(normalization);
      return inSlices({ kind: 'pixels', values: pixels }, n, slices);
    },
    timeLayers: (runs) => timed(runs, walk, [INPUT, ...network.graph.nodes.map(({ name }) => name)]),
    close() {
      if (!isOpen) return;
      isOpen = false;
      crew.release();
      // A helper may look at the threads' meeting place a moment longer.
      if (threads === 1) giveMemory(memory);
    },
  };
}

/** Milliseconds of one image in one thread, as far as is known. */
type Pace = { imageMs: number };

const paces = new Map<string, Pace>();

/**
 * Of networks of one shape, whatever their widths, together: one that is new is not run layer by layer first, which two
 * threads that share a busy processor do slowly.
 */
function paceOf({ kind, graph: { name, inputShape, nodes } }: Network): Pace {
  const shape = [kind, name, ...inputShape, nodes.length].join();
  const pace = paces.get(shape) ?? { imageMs: Infinity };
  paces.set(shape, pace);
  return pace;
}

/** Copies one image to where the first step reads it; answers that step. */
function stager({ graph }: Network, { memory, plan }: Assembled) {
  const size = graph.inputShape.reduce((product, side) => product * side, 1);
  const numbers = new Float32Array(memory.buffer, plan.staging, size);
  const bytes = new Uint8Array(memory.buffer, plan.staging, size);
  return ({ kind, values }: Source, image: number): number => {
    if (kind === 'numbers') numbers.set(values.subarray(image * size, (image + 1) * size));
    else bytes.set(values.subarray(image * size, (image + 1) * size));
    return kind === 'numbers' ? 0 : graph.nodes.length + 1;
  };
}

function requireImages({ name, inputShape }: Graph, found: number, n: number): void {
  const size = n * inputShape.reduce((product, side) => product * side, 1);
  if (found !== size)
    throw new Error(`${name}: ${n} images of ${inputShape.join(' x ')} are ${size} numbers, not ${found}.`);
}

/** A tensor without its frame and padded channels. */
function values({ memory, plan }: Assembled, { kind }: Network, name: TensorName): Uint8Array | Float32Array {
  const placed: Placed = lookUp(plan.tensors, name, 'place');
  const { height, width, channels } = placed;
  const result =
    kind === 'integer' ? new Uint8Array(height * width * channels) : new Float32Array(height * width * channels);
  const Type = kind === 'integer' ? Uint8Array : Float32Array;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = placed.at + placed.inside + y * placed.rowBytes + x * placed.pixelBytes;
      result.set(new Type(memory.buffer, at, channels), (y * width + x) * channels);
    }
  }
  return result;
}

function timed(runs: number, walk: (first: number, last: number) => void, names: readonly TensorName[]): LayerTime[] {
  const best = names.map(() => Infinity);
  for (let run = 0; run < runs; run++) {
    for (let i = 0; i < names.length; i++) {
      const start = performance.now();
      walk(i, i + 1);
      best[i] = Math.min(best[i], performance.now() - start);
    }
  }
  return names.map((name, i) => ({ name, ms: best[i] }));
}
