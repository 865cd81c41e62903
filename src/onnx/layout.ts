/** Fewbit keeps channels last; ONNX wants them first. */
import { permute, type Elements } from '../base/permute.ts';

/** Kernel [kh, kw, in, out] to ONNX's [out, in, kh, kw]. */
export const hwioToOihw = <T extends Elements>(data: T, shape: readonly number[]): T =>
  permute({ shape, data }, [3, 2, 0, 1]).data;

/** Kernel [out, in, kh, kw] to Fewbit's [kh, kw, in, out]; `shape` is ONNX's. */
export const oihwToHwio = <T extends Elements>(data: T, shape: readonly number[]): T =>
  permute({ shape, data }, [2, 3, 1, 0]).data;

/** Images [n, pixels, channels] to [n, channels, pixels]. */
export const channelsFirst = <T extends Elements>(data: T, n: number, channels: number): T =>
  permute({ shape: [n, data.length / n / channels, channels], data }, [0, 2, 1]).data;

/** Images [n, channels, pixels] to [n, pixels, channels]. */
export const channelsLast = <T extends Elements>(data: T, n: number, channels: number): T =>
  permute({ shape: [n, channels, data.length / n / channels], data }, [0, 2, 1]).data;
