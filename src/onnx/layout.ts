/** Fewbit keeps channels last; ONNX wants them first. */
import { permute, type Elements } from '../base/permute.ts';

/** Kernel [kh, kw, in, out] to ONNX's [out, in, kh, kw]. */
export const hwioToOihw = <T extends Elements>(data: T, shape: readonly number[]): T =>
  permute({ shape, data }, [3, 2, 0, 1]).data;

/** Kernel [out, in, kh, kw] to Fewbit's [kh, kw, in, out]; `shape` is ONNX's. */
export const oihwToHwio = <T extends Elements>(data: T, shape: readonly number[]): T =>
  permute({ shape, data }, [2, 3, 1, 0]).data;

/** How the axes of a kernel lie in an ONNX file. */
export type KernelLayout = {
  /** ONNX's shape of a kernel that has this shape here. */
  readonly shape: (ours: readonly number[]) => readonly number[];
  /** @param shape ours */
  readonly toOnnx: <T extends Elements>(data: T, shape: readonly number[]) => T;
  /** @param shape ONNX's */
  readonly fromOnnx: <T extends Elements>(data: T, shape: readonly number[]) => T;
  /** Which of ONNX's axes is the output channel. */
  readonly outputAxis: number;
};

export const CONV_KERNEL: KernelLayout = {
  shape: ([height, width, input, output]) => [output, input, height, width],
  toOnnx: hwioToOihw,
  fromOnnx: oihwToHwio,
  outputAxis: 0,
};

/** [in, out], as here. */
export const MATRIX: KernelLayout = {
  shape: (ours) => ours,
  toOnnx: (data) => data,
  fromOnnx: (data) => data,
  outputAxis: 1,
};

/** Images [n, pixels, channels] to [n, channels, pixels]. */
export const channelsFirst = <T extends Elements>(data: T, n: number, channels: number): T =>
  permute({ shape: [n, data.length / n / channels, channels], data }, [0, 2, 1]).data;

/** Images [n, channels, pixels] to [n, pixels, channels]. */
export const channelsLast = <T extends Elements>(data: T, n: number, channels: number): T =>
  permute({ shape: [n, channels, data.length / n / channels], data }, [0, 2, 1]).data;
