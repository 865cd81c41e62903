/**
 * Both gradients of a convolution, on WASM, as forward convolutions, so that XNNPACK computes them.
 * tfjs 4.22 has no Conv2DBackpropFilter for WASM and a Conv2DBackpropInput ten times slower than its convolution.
 *
 * Filter: dw[k, l, c, f] = sum over n, i, j of x[n, i*s + k - p, j*s + l - p, c] * dy[n, i, j, f], which is x with
 * batch and channels exchanged, convolved with dy as the filter, dilated by the stride s.
 * Input: dx is dy, dilated by the stride with zeros, convolved with the filter reversed in space and its channels exchanged.
 */
import * as tf from '@tensorflow/tfjs';
import { kernelsOf, pointer, wasmBackend } from './heap.ts';

type Attributes = Parameters<tf.KernelFunc>[0]['attrs'];
type Pads = readonly [top: number, bottom: number, left: number, right: number];

function convInfo(xShape: readonly number[], filterShape: readonly number[], attrs: Attributes): tf.backend_util.Conv2DInfo {
  const { strides, pad, dimRoundingMode } = attrs as unknown as {
    strides: number | [number, number];
    pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
    dimRoundingMode?: 'floor' | 'round' | 'ceil';
  };
  return tf.backend_util.computeConv2DInfo(
    xShape as [number, number, number, number], filterShape as [number, number, number, number],
    strides, 1, pad, dimRoundingMode,
  );
}

/** Runs the stock WASM convolution, channels last, stride 1, with explicit pads. */
function conv(x: tf.TensorInfo, filter: tf.TensorInfo, dilations: [number, number], pads: Pads): tf.TensorInfo {
  const [top, bottom, left, right] = pads;
  const stock = tf.getKernel('Conv2D', 'wasm');
  if (!stock) throw new Error('tfjs-backend-wasm: no Conv2D kernel is registered.');
  const attrs = {
    strides: [1, 1], dilations, dataFormat: 'NHWC', dimRoundingMode: null,
    pad: [[0, 0], [top, bottom], [left, right], [0, 0]],
  };
  return stock.kernelFunc({ inputs: { x, filter }, attrs: attrs as unknown as Attributes, backend: wasmBackend() }) as tf.TensorInfo;
}

/** `x` seen as [N, P, C], rearranged by one of our kernels. */
function swapped(kind: 'swapBatchAndChannels' | 'swapBatchAndPositions', x: tf.TensorInfo, shape: number[]): tf.TensorInfo {
  const backend = wasmBackend();
  const [n, c] = [x.shape[0], x.shape[x.shape.length - 1]];
  const positions = tf.util.sizeFromShape(x.shape) / (n * c);
  const y = backend.makeOutput(shape, 'float32');
  kernelsOf(backend)[kind](pointer(backend, x), n, positions, c, pointer(backend, y));
  return y;
}

function filterGradient({ inputs, attrs }: Parameters<tf.KernelFunc>[0]): tf.TensorInfo {
  const { x, dy } = inputs as { x: tf.TensorInfo; dy: tf.TensorInfo };
  const filterShape = (attrs as unknown as { filterShape: [number, number, number, number] }).filterShape;
  const backend = wasmBackend();
  const info = convInfo(x.shape, filterShape, attrs);
  const [n, h, w, c] = x.shape;
  const [, oh, ow, f] = dy.shape;
  const [kh, kw] = filterShape;
  const exchanged = swapped('swapBatchAndChannels', x, [c, h, w, n]);
  const asFilter = swapped('swapBatchAndPositions', dy, [oh, ow, n, f]);
  // Pads that make the output exactly kh x kw; negative ones drop input that no output has read.
  const { top, left } = info.padInfo;
  const bottom = kh - 1 + (oh - 1) * info.strideHeight + 1 - h - top;
  const right = kw - 1 + (ow - 1) * info.strideWidth + 1 - w - left;
  const cropped = crop(exchanged, Math.max(0, -bottom), Math.max(0, -right));
  const out = conv(cropped, asFilter, [info.strideHeight, info.strideWidth], [top, Math.max(0, bottom), left, Math.max(0, right)]);
  const dw = swapped('swapBatchAndPositions', out, [kh, kw, c, f]);
  for (const temporary of [exchanged, asFilter, out]) backend.disposeData(temporary.dataId);
  if (cropped !== exchanged) backend.disposeData(cropped.dataId);
  return dw;
}

/** [N, H, W, C] without its last `rows` rows and `columns` columns. */
function crop(x: tf.TensorInfo, rows: number, columns: number): tf.TensorInfo {
  if (rows === 0 && columns === 0) return x;
  const [n, h, w, c] = x.shape;
  const slice = tf.getKernel('Slice', 'wasm');
  if (!slice) throw new Error('tfjs-backend-wasm: no Slice kernel is registered.');
  const attrs = { begin: [0, 0, 0, 0], size: [n, h - rows, w - columns, c] };
  return slice.kernelFunc({ inputs: { x }, attrs: attrs as unknown as Attributes, backend: wasmBackend() }) as tf.TensorInfo;
}

function dilated(dy: tf.TensorInfo, stride: number): tf.TensorInfo {
  const backend = wasmBackend();
  const [n, h, w, c] = dy.shape;
  const y = backend.makeOutput([n, (h - 1) * stride + 1, (w - 1) * stride + 1, c], 'float32');
  kernelsOf(backend).dilate(pointer(backend, dy), n, h, w, c, stride, pointer(backend, y));
  return y;
}

/** [kh, kw, in, out] to [kh, kw, out, in], reversed in both spatial axes. */
function reversedFilter(filter: tf.TensorInfo): tf.TensorInfo {
  const backend = wasmBackend();
  const [kh, kw, c, f] = filter.shape;
  const y = backend.makeOutput([kh, kw, f, c], 'float32');
  const from = backend.typedArrayFromHeap(filter);
  const to = backend.typedArrayFromHeap(y);
  const taps = kh * kw;
  for (let tap = 0; tap < taps; tap++) {
    const source = tap * c * f;
    const target = (taps - 1 - tap) * c * f;
    for (let i = 0; i < c; i++) for (let o = 0; o < f; o++) to[target + o * c + i] = from[source + i * f + o];
  }
  return y;
}

function inputGradient({ inputs, attrs }: Parameters<tf.KernelFunc>[0]): tf.TensorInfo {
  const { dy, filter } = inputs as { dy: tf.TensorInfo; filter: tf.TensorInfo };
  const inputShape = (attrs as unknown as { inputShape: [number, number, number, number] }).inputShape;
  const backend = wasmBackend();
  const info = convInfo(inputShape, filter.shape, attrs);
  if (info.strideHeight !== info.strideWidth) {
    throw new Error(`Conv2DBackpropInput: strides must be equal, got ${info.strideHeight} and ${info.strideWidth}.`);
  }
  const [, h, w] = inputShape;
  const [kh, kw] = filter.shape;
  const spread = info.strideHeight === 1 ? dy : dilated(dy, info.strideHeight);
  const reversed = reversedFilter(filter);
  const top = kh - 1 - info.padInfo.top;
  const left = kw - 1 - info.padInfo.left;
  const bottom = h - (spread.shape[1] + top - kh + 1);
  const right = w - (spread.shape[2] + left - kw + 1);
  if (Math.min(top, left, bottom, right) < 0) {
    throw new Error('Conv2DBackpropInput: padding wider than the kernel is not supported.');
  }
  const dx = conv(spread, reversed, [1, 1], [top, bottom, left, right]);
  backend.disposeData(reversed.dataId);
  if (spread !== dy) backend.disposeData(spread.dataId);
  return dx;
}

const KERNELS = { Conv2DBackpropFilter: filterGradient, Conv2DBackpropInput: inputGradient } as const;

/** The stock kernels that ours replace, for the bench and for tests that compare. */
export const stockKernels = new Map<string, tf.KernelFunc | undefined>();

/** Registers both gradients for backend 'wasm' in place of what tfjs has there. */
export function registerConvGradients(): void {
  for (const [kernelName, kernelFunc] of Object.entries(KERNELS)) {
    if (stockKernels.has(kernelName)) continue;
    stockKernels.set(kernelName, tf.getKernel(kernelName, 'wasm')?.kernelFunc);
    if (stockKernels.get(kernelName)) tf.unregisterKernel(kernelName, 'wasm');
    tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc: kernelFunc as unknown as tf.KernelFunc });
  }
}
