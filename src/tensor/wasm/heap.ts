/** Our own WASM kernels, instantiated on tfjs's heap so that they read and write its tensors in place. */
import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { KERNELS_PLAIN_MEMORY, KERNELS_SHARED_MEMORY } from './kernels.wasm.ts';

/** Byte offset of a float32 (or float64, for sums) array in the heap. */
type Pointer = number;

/** What the files of assembly/ export; their comments give the formulas. */
export type Kernels = {
  batchMoments(x: Pointer, rows: number, channels: number, shift: Pointer, sums: Pointer, squares: Pointer): void;
  scaleShift(x: Pointer, rows: number, channels: number, a: Pointer, b: Pointer, relu: boolean, y: Pointer): void;
  batchNormGradSums(
    x: Pointer,
    dy: Pointer,
    rows: number,
    channels: number,
    mean: Pointer,
    a: Pointer,
    b: Pointer,
    relu: boolean,
    sums: Pointer,
    products: Pointer,
  ): void;
  batchNormGradInput(
    x: Pointer,
    dy: Pointer,
    rows: number,
    channels: number,
    a: Pointer,
    b: Pointer,
    e: Pointer,
    f: Pointer,
    relu: boolean,
    dx: Pointer,
  ): void;
  addRelu(p: Pointer, q: Pointer, size: number, y: Pointer): void;
  reluGrad(dy: Pointer, y: Pointer, size: number, dx: Pointer): void;
  sumPatches(
    patches: Pointer,
    n: number,
    oh: number,
    ow: number,
    kh: number,
    kw: number,
    c: number,
    h: number,
    w: number,
    stride: number,
    top: number,
    left: number,
    dx: Pointer,
  ): void;
  convFilterGradient(
    x: Pointer,
    n: number,
    h: number,
    w: number,
    c: number,
    dy: Pointer,
    oh: number,
    ow: number,
    f: number,
    kh: number,
    kw: number,
    stride: number,
    top: number,
    left: number,
    dw: Pointer,
  ): void;
  depthwiseInputGradient(
    dy: Pointer,
    n: number,
    oh: number,
    ow: number,
    filter: Pointer,
    kh: number,
    kw: number,
    c: number,
    h: number,
    w: number,
    stride: number,
    top: number,
    left: number,
    dx: Pointer,
  ): void;
  depthwiseFilterGradient(
    x: Pointer,
    n: number,
    h: number,
    w: number,
    c: number,
    dy: Pointer,
    oh: number,
    ow: number,
    kh: number,
    kw: number,
    stride: number,
    top: number,
    left: number,
    dw: Pointer,
  ): void;
  fakeQuantize(
    x: Pointer,
    size: number,
    scale: Pointer,
    zeroPoint: Pointer,
    qmin: number,
    qmax: number,
    y: Pointer,
  ): void;
  fakeQuantizeGrad(
    x: Pointer,
    dy: Pointer,
    size: number,
    scale: Pointer,
    zeroPoint: Pointer,
    qmin: number,
    qmax: number,
    dx: Pointer,
  ): number;
  fakeQuantizeChannels(
    x: Pointer,
    rows: number,
    channels: number,
    scale: Pointer,
    zeroPoint: Pointer,
    qmin: number,
    qmax: number,
    y: Pointer,
  ): void;
  fakeQuantizeChannelsGrad(
    x: Pointer,
    dy: Pointer,
    rows: number,
    channels: number,
    scale: Pointer,
    zeroPoint: Pointer,
    qmin: number,
    qmax: number,
    dx: Pointer,
    ds: Pointer,
  ): void;
  extremes(x: Pointer, size: number, extremes: Pointer): void;
};

/** The parts of the Emscripten module that tfjs does not type: where it keeps its memory. */
type ModuleInternals = { wasmMemory?: WebAssembly.Memory; asm?: Record<string, unknown> };

function memoryOf(backend: BackendWasm): { memory: WebAssembly.Memory; shared: boolean } {
  const module = backend.wasm as unknown as ModuleInternals;
  if (module.wasmMemory) return { memory: module.wasmMemory, shared: true };
  const memory = Object.values(module.asm ?? {}).find((value) => value instanceof WebAssembly.Memory);
  if (!memory) throw new Error('tfjs-backend-wasm: its memory was not found; Fewbit needs version 4.22.0 of it.');
  return { memory, shared: false };
}

const instances = new WeakMap<BackendWasm, Kernels>();

/** The kernels on this backend's heap, instantiated once. */
export function kernelsOf(backend: BackendWasm): Kernels {
  const known = instances.get(backend);
  if (known) return known;
  const { memory, shared } = memoryOf(backend);
  const base64 = shared ? KERNELS_SHARED_MEMORY : KERNELS_PLAIN_MEMORY;
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  const kernels = instance.exports as unknown as Kernels;
  instances.set(backend, kernels);
  return kernels;
}

export const wasmBackend = (): BackendWasm => tf.backend() as BackendWasm;

/** Where a tensor's values lie in the heap. */
export const pointer = (backend: BackendWasm, tensor: tf.TensorInfo): Pointer => backend.getMemoryOffset(tensor.dataId);

/** A view of a tensor's values; valid until the next allocation, which may move the heap. */
export const values = (backend: BackendWasm, tensor: tf.TensorInfo): Float32Array =>
  backend.typedArrayFromHeap(tensor) as Float32Array;

/** `count` float64 values of scratch in the heap, as a tensor to be disposed; `sums(t)` views them. */
export const scratch = (backend: BackendWasm, count: number): tf.TensorInfo =>
  backend.makeOutput([count * 2], 'float32');

export function doubles(backend: BackendWasm, tensor: tf.TensorInfo): Float64Array {
  const view = values(backend, tensor);
  return new Float64Array(view.buffer, view.byteOffset, view.length / 2);
}

/** A new float32 tensor in the heap, its values unset. */
export const output = (shape: readonly number[]): tf.Tensor =>
  tf.engine().makeTensorFromTensorInfo(wasmBackend().makeOutput([...shape], 'float32'));
