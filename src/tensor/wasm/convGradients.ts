/**
 * Convolution's gradients on WASM, and its own kernels without the taps that read only padding. tfjs 4.22 has no
 * Conv2DBackpropFilter there and a Conv2DBackpropInput ten times slower than its convolution.
 *
 * Filter: our own kernel. As a forward convolution (x with batch and channels exchanged, dy as a filter as large as
 * the image) XNNPACK streams the whole of dy from memory for every few outputs, at half the speed.
 * Input: for stride 1 a forward convolution, for others a matrix product, both computed by XNNPACK.
 */
import * as tf from '@tensorflow/tfjs';
import { kernelsOf, pointer, values, wasmBackend } from './heap.ts';
import { cropped } from './liveTaps.ts';

type Attributes = Parameters<tf.KernelFunc>[0]['attrs'];

function convInfo(
  xShape: readonly number[],
  filterShape: readonly number[],
  attrs: Attributes,
): tf.backend_util.Conv2DInfo {
  const { strides, pad, dimRoundingMode } = attrs as unknown as {
    strides: number | [number, number];
    pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
    dimRoundingMode?: 'floor' | 'round' | 'ceil';
  };
  return tf.backend_util.computeConv2DInfo(
    xShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    1,
    pad,
    dimRoundingMode,
  );
}

/** Runs one of tfjs's own WASM kernels. */
function stock(kernelName: string, inputs: tf.NamedTensorInfoMap, attrs: Record<string, unknown>): tf.TensorInfo {
  const kernel = tf.getKernel(kernelName, 'wasm');
  if (!kernel) throw new Error(`tfjs-backend-wasm: no ${kernelName} kernel is registered.`);
  return kernel.kernelFunc({ inputs, attrs: attrs as unknown as Attributes, backend: wasmBackend() }) as tf.TensorInfo;
}

function filterGradient({ inputs, attrs }: Parameters<tf.KernelFunc>[0]): tf.TensorInfo {
  const { x, dy } = inputs as { x: tf.TensorInfo; dy: tf.TensorInfo };
  const filterShape = (attrs as unknown as { filterShape: [number, number, number, number] }).filterShape;
  const backend = wasmBackend();
  const info = convInfo(x.shape, filterShape, attrs);
  requireSquareStride('Conv2DBackpropFilter', info);
  const [n, h, w, c] = x.shape;
  const [, oh, ow, f] = dy.shape;
  const dw = backend.makeOutput(filterShape, 'float32');
  kernelsOf(backend).convFilterGradient(
    pointer(backend, x),
    n,
    h,
    w,
    c,
    pointer(backend, dy),
    oh,
    ow,
    f,
    filterShape[0],
    filterShape[1],
    info.strideHeight,
    info.padInfo.top,
    info.padInfo.left,
    pointer(backend, dw),
  );
  return dw;
}

function requireSquareStride(kernel: string, { strideHeight, strideWidth }: tf.backend_util.Conv2DInfo): void {
  if (strideHeight !== strideWidth)
    throw new Error(`${kernel}: strides must be equal, got ${strideHeight} and ${strideWidth}.`);
}

/** A copy of a filter [kh, kw, c, f] with element (tap, i, o) moved to `place(tap, i, o)`. */
function rearranged(
  filter: tf.TensorInfo,
  shape: number[],
  place: (tap: number, i: number, o: number) => number,
): tf.TensorInfo {
  const backend = wasmBackend();
  const [kh, kw, c, f] = filter.shape;
  const y = backend.makeOutput(shape, 'float32');
  const from = values(backend, filter);
  const to = values(backend, y);
  let source = 0;
  for (let tap = 0; tap < kh * kw; tap++) {
    for (let i = 0; i < c; i++) for (let o = 0; o < f; o++) to[place(tap, i, o)] = from[source++];
  }
  return y;
}

type Padding = { readonly top: number; readonly left: number };

type InputGradient = (
  dy: tf.TensorInfo,
  filter: tf.TensorInfo,
  inputShape: readonly number[],
  padding: Padding,
  stride: number,
) => tf.TensorInfo;

/** Stride 1: dy convolved with the filter reversed in space, its channels exchanged. */
const convolvedInputGradient: InputGradient = (dy, filter, [, h, w], padding) => {
  const [kh, kw, c, f] = filter.shape;
  const reversed = rearranged(filter, [kh, kw, f, c], (tap, i, o) => ((kh * kw - 1 - tap) * f + o) * c + i);
  const top = kh - 1 - padding.top;
  const left = kw - 1 - padding.left;
  const bottom = h - (dy.shape[1] + top - kh + 1);
  const right = w - (dy.shape[2] + left - kw + 1);
  if (Math.min(top, left, bottom, right) < 0) {
    throw new Error('Conv2DBackpropInput: padding wider than the kernel is not supported.');
  }
  const dx = stock(
    'Conv2D',
    { x: dy, filter: reversed },
    {
      strides: [1, 1],
      dilations: [1, 1],
      dataFormat: 'NHWC',
      dimRoundingMode: null,
      pad: [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ],
    },
  );
  wasmBackend().disposeData(reversed.dataId);
  return dx;
};

/** Any stride: each output pixel's patch of the input's gradient by a matrix product, then the patches summed. */
const patchedInputGradient: InputGradient = (dy, filter, inputShape, padding, stride) => {
  const backend = wasmBackend();
  const [kh, kw, c, f] = filter.shape;
  const [n, oh, ow] = dy.shape;
  const taps = kh * kw;
  const matrix = rearranged(filter, [1, f, taps * c], (tap, i, o) => o * taps * c + tap * c + i);
  const rows = { ...dy, shape: [1, n * oh * ow, f] };
  const patches = stock('BatchMatMul', { a: rows, b: matrix }, { transposeA: false, transposeB: false });
  const dx = backend.makeOutput([...inputShape], 'float32');
  kernelsOf(backend).sumPatches(
    pointer(backend, patches),
    n,
    oh,
    ow,
    kh,
    kw,
    c,
    inputShape[1],
    inputShape[2],
    stride,
    padding.top,
    padding.left,
    pointer(backend, dx),
  );
  for (const temporary of [matrix, patches]) backend.disposeData(temporary.dataId);
  return dx;
};

function inputGradient({ inputs, attrs }: Parameters<tf.KernelFunc>[0]): tf.TensorInfo {
  const { dy, filter } = inputs as { dy: tf.TensorInfo; filter: tf.TensorInfo };
  const inputShape = (attrs as unknown as { inputShape: [number, number, number, number] }).inputShape;
  const info = convInfo(inputShape, filter.shape, attrs);
  requireSquareStride('Conv2DBackpropInput', info);
  const gradient = info.strideHeight === 1 ? convolvedInputGradient : patchedInputGradient;
  const live = cropped(filter, info);
  const dx = gradient(dy, live.filter, inputShape, live.padding, info.strideHeight);
  if (live.isCopy) wasmBackend().disposeData(live.filter.dataId);
  return dx;
}

type ConvAttributes = {
  readonly strides: number | [number, number];
  readonly dilations: number | [number, number];
  readonly dataFormat?: string;
};

/** tfjs's own kernel of this name, given a filter without dead taps. */
function convolution(kernelName: 'Conv2D' | 'FusedConv2D'): tf.KernelFunc {
  return (parameters) => {
    const { inputs, attrs, backend } = parameters;
    const own = stockKernels.get(kernelName) as tf.KernelFunc;
    const { filter, x } = inputs as { filter: tf.TensorInfo; x: tf.TensorInfo };
    const { dilations, dataFormat = 'NHWC' } = attrs as unknown as ConvAttributes;
    if (dataFormat !== 'NHWC' || [dilations].flat().some((step) => step !== 1)) return own(parameters);
    const { filter: live, isCopy, padding } = cropped(filter, convInfo(x.shape, filter.shape, attrs));
    if (!isCopy) return own(parameters);
    const pad = [
      [0, 0],
      [padding.top, padding.bottom],
      [padding.left, padding.right],
      [0, 0],
    ];
    const y = own({ inputs: { ...inputs, filter: live }, attrs: { ...attrs, pad } as unknown as Attributes, backend });
    wasmBackend().disposeData(live.dataId);
    return y;
  };
}

const KERNELS = {
  Conv2D: convolution('Conv2D'),
  FusedConv2D: convolution('FusedConv2D'),
  Conv2DBackpropFilter: filterGradient,
  Conv2DBackpropInput: inputGradient,
} as const;

/** The stock kernels that ours replace, for the bench and for tests that compare. */
export const stockKernels = new Map<string, tf.KernelFunc | undefined>();

/** Registers them for backend 'wasm' in place of what tfjs has there. */
export function registerConvGradients(): void {
  for (const [kernelName, kernelFunc] of Object.entries(KERNELS)) {
    if (stockKernels.has(kernelName)) continue;
    stockKernels.set(kernelName, tf.getKernel(kernelName, 'wasm')?.kernelFunc);
    if (stockKernels.get(kernelName)) tf.unregisterKernel(kernelName, 'wasm');
    tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc: kernelFunc as unknown as tf.KernelFunc });
  }
}
