/**
 * Convolutions over images smaller than their padding: the taps that read nothing but padding are cut off first.
 * The last stage of an ImageNet ResNet sees 32 x 32 images as 1 x 1: eight of the nine taps of its 3 x 3 kernels, and
 * as much of XNNPACK's packing and multiplying, go to zeros.
 */
import type * as tf from '@tensorflow/tfjs';
import { values, wasmBackend } from './heap.ts';

/** The first and last tap along one axis that meet the image at some output place. */
export type Live = { readonly first: number; readonly last: number };

/** Along one axis: `size` input and `outputs` output places, `before` places of padding in front. */
export function liveTaps(size: number, kernel: number, stride: number, before: number, outputs: number): Live {
  const meets = (tap: number): boolean => {
    const nearest = Math.max(0, Math.ceil((before - tap) / stride));
    return nearest < outputs && nearest * stride + tap - before < size;
  };
  const taps = Array.from({ length: kernel }, (_, tap) => tap).filter(meets);
  return taps.length === 0 ? { first: 0, last: kernel - 1 } : { first: taps[0], last: taps[taps.length - 1] };
}

export type Cropped = {
  /** [kh', kw', c, f]: a copy to be disposed of, or the filter itself where every tap is live. */
  readonly filter: tf.TensorInfo;
  readonly isCopy: boolean;
  readonly padding: { readonly top: number; readonly bottom: number; readonly left: number; readonly right: number };
};

type Axis = Live & { readonly before: number; readonly after: number };

function axis(size: number, kernel: number, stride: number, before: number, outputs: number): Axis {
  const { first, last } = liveTaps(size, kernel, stride, before, outputs);
  const after = (outputs - 1) * stride + last + 1 - before - size;
  return { first, last, before: before - first, after: Math.max(0, after) };
}

/** The filter [kh, kw, c, f] without the rows and columns of taps that only ever read padding. */
export function cropped(filter: tf.TensorInfo, info: tf.backend_util.Conv2DInfo): Cropped {
  const { inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth, padInfo } = info;
  const [kh, kw, c, f] = filter.shape;
  const rows = axis(inHeight, kh, strideHeight, padInfo.top, outHeight);
  const columns = axis(inWidth, kw, strideWidth, padInfo.left, outWidth);
  const [height, width] = [rows.last - rows.first + 1, columns.last - columns.first + 1];
  if (height === kh && width === kw) return { filter, isCopy: false, padding: padInfo };
  const backend = wasmBackend();
  const copy = backend.makeOutput([height, width, c, f], 'float32');
  const [from, to] = [values(backend, filter), values(backend, copy)];
  const line = width * c * f;
  for (let row = 0; row < height; row++) {
    const start = ((rows.first + row) * kw + columns.first) * c * f;
    to.set(from.subarray(start, start + line), row * line);
  }
  return {
    filter: copy,
    isCopy: true,
    padding: { top: rows.before, bottom: rows.after, left: columns.before, right: columns.after },
  };
}
