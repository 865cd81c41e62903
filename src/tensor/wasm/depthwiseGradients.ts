/** A depthwise convolution's gradients on WASM, where tfjs 4.22 has its forward alone: kernels of our own, tap by tap. */
import * as tf from '@tensorflow/tfjs';
import { kernelsOf, pointer, values, wasmBackend } from './heap.ts';

type Shape4 = [number, number, number, number];

type DepthwiseAttributes = {
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  readonly dilations: number | [number, number];
};

/** @throws Error for unequal strides, dilations, or several output channels of one input channel */
export function depthwiseInfo(
  kernelName: string,
  xShape: readonly number[],
  filterShape: readonly number[],
  attrs: Parameters<tf.KernelFunc>[0]['attrs'],
): tf.backend_util.Conv2DInfo {
  const { strides, pad, dilations } = attrs as unknown as DepthwiseAttributes;
  const info = tf.backend_util.computeConv2DInfo(
    xShape as Shape4,
    filterShape as Shape4,
    strides,
    dilations ?? 1,
    pad,
    undefined,
    true,
  );
  const { strideHeight, strideWidth, dilationHeight, dilationWidth } = info;
  if (strideHeight !== strideWidth || dilationHeight !== 1 || dilationWidth !== 1 || filterShape[3] !== 1)
    throw new Error(
      `${kernelName}: one stride for both axes, no dilation and one output a channel are supported, not strides ${strideHeight} x ${strideWidth}, dilations ${dilationHeight} x ${dilationWidth} and ${filterShape[3]} outputs.`,
    );
  return info;
}

/**
 * At stride 1 it is a depthwise convolution itself, of dy with the filter reversed, and XNNPACK's is faster for few channels.
 * null where the padding is wider than that allows.
 */
function convolvedInputGradient(
  dy: tf.TensorInfo,
  filter: tf.TensorInfo,
  info: tf.backend_util.Conv2DInfo,
): tf.TensorInfo | null {
  const { filterHeight, filterWidth, inHeight, inWidth, outHeight, outWidth, inChannels, padInfo } = info;
  const [top, left] = [filterHeight - 1 - padInfo.top, filterWidth - 1 - padInfo.left];
  const [bottom, right] = [inHeight + filterHeight - 1 - outHeight - top, inWidth + filterWidth - 1 - outWidth - left];
  if (info.strideHeight !== 1 || Math.min(top, left, bottom, right) < 0) return null;
  const backend = wasmBackend();
  const reversed = backend.makeOutput(filter.shape, 'float32');
  const [from, to] = [values(backend, filter), values(backend, reversed)];
  for (let i = 0; i < from.length; i += inChannels)
    to.set(from.subarray(i, i + inChannels), from.length - inChannels - i);
  const pad = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  const attrs = { strides: [1, 1], dilations: [1, 1], pad, dimRoundingMode: null } as unknown as tf.NamedAttrMap;
  const forward = tf.getKernel('DepthwiseConv2dNative', 'wasm').kernelFunc;
  const dx = forward({ inputs: { x: dy, filter: reversed }, attrs, backend }) as tf.TensorInfo;
  backend.disposeData(reversed.dataId);
  return dx;
}

function inputGradient({ inputs, attrs }: Parameters<tf.KernelFunc>[0]): tf.TensorInfo {
  const { dy, filter } = inputs as { dy: tf.TensorInfo; filter: tf.TensorInfo };
  const { inputShape } = attrs as unknown as { inputShape: Shape4 };
  const info = depthwiseInfo('DepthwiseConv2dNativeBackpropInput', inputShape, filter.shape, attrs);
  const convolved = convolvedInputGradient(dy, filter, info);
  if (convolved) return convolved;
  const backend = wasmBackend();
  const dx = backend.makeOutput(inputShape, 'float32');
  kernelsOf(backend).depthwiseInputGradient(
    pointer(backend, dy),
    info.batchSize,
    info.outHeight,
    info.outWidth,
    pointer(backend, filter),
    info.filterHeight,
    info.filterWidth,
    info.inChannels,
    info.inHeight,
    info.inWidth,
    info.strideHeight,
    info.padInfo.top,
    info.padInfo.left,
    pointer(backend, dx),
  );
  return dx;
}

function filterGradient({ inputs, attrs }: Parameters<tf.KernelFunc>[0]): tf.TensorInfo {
  const { x, dy } = inputs as { x: tf.TensorInfo; dy: tf.TensorInfo };
  const { filterShape } = attrs as unknown as { filterShape: Shape4 };
  const info = depthwiseInfo('DepthwiseConv2dNativeBackpropFilter', x.shape, filterShape, attrs);
  const backend = wasmBackend();
  const dw = backend.makeOutput(filterShape, 'float32');
  kernelsOf(backend).depthwiseFilterGradient(
    pointer(backend, x),
    info.batchSize,
    info.inHeight,
    info.inWidth,
    info.inChannels,
    pointer(backend, dy),
    info.outHeight,
    info.outWidth,
    info.filterHeight,
    info.filterWidth,
    info.strideHeight,
    info.padInfo.top,
    info.padInfo.left,
    pointer(backend, dw),
  );
  return dw;
}

const KERNELS = {
  DepthwiseConv2dNativeBackpropInput: inputGradient,
  DepthwiseConv2dNativeBackpropFilter: filterGradient,
} as const;

/** Registers them for backend 'wasm', once. */
export function registerDepthwiseGradients(): void {
  for (const [kernelName, kernelFunc] of Object.entries(KERNELS)) {
    if (tf.getKernel(kernelName, 'wasm') === undefined)
      tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc: kernelFunc as unknown as tf.KernelFunc });
  }
}
