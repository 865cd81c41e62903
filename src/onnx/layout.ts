/** Fewbit keeps channels last; ONNX wants them first. The two permutations, for any typed array. */

/** The typed arrays that weights, images and codes come in. */
export type Elements = Float32Array | Int32Array | Int8Array | Uint8Array;

/** Kernel [kh, kw, in, out] to ONNX's [out, in, kh, kw]. */
export function hwioToOihw<T extends Elements>(kernel: T, shape: readonly number[]): T {
  const [height, width, inChannels, outChannels] = shape as readonly [number, number, number, number];
  const taps = height * width;
  const result = kernel.slice() as T;
  for (let tap = 0; tap < taps; tap++) {
    for (let i = 0; i < inChannels; i++) {
      for (let o = 0; o < outChannels; o++) {
        result[(o * inChannels + i) * taps + tap] = kernel[(tap * inChannels + i) * outChannels + o];
      }
    }
  }
  return result;
}

/** Kernel [out, in, kh, kw] to Fewbit's [kh, kw, in, out]; `shape` is ONNX's. */
export function oihwToHwio<T extends Elements>(kernel: T, shape: readonly number[]): T {
  const [outChannels, inChannels, height, width] = shape as readonly [number, number, number, number];
  const taps = height * width;
  const result = kernel.slice() as T;
  for (let o = 0; o < outChannels; o++) {
    for (let i = 0; i < inChannels; i++) {
      for (let tap = 0; tap < taps; tap++) {
        result[(tap * inChannels + i) * outChannels + o] = kernel[(o * inChannels + i) * taps + tap];
      }
    }
  }
  return result;
}

/** Images [n, pixels, channels] to [n, channels, pixels]. */
export function channelsFirst<T extends Elements>(images: T, n: number, channels: number): T {
  return swapAxes(images, n, images.length / n / channels, channels);
}

/** Images [n, channels, pixels] to [n, pixels, channels]. */
export function channelsLast<T extends Elements>(images: T, n: number, channels: number): T {
  return swapAxes(images, n, channels, images.length / n / channels);
}

function swapAxes<T extends Elements>(data: T, n: number, rows: number, columns: number): T {
  const result = data.slice() as T;
  for (let image = 0; image < n; image++) {
    const base = image * rows * columns;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        result[base + column * rows + row] = data[base + row * columns + column];
      }
    }
  }
  return result;
}
