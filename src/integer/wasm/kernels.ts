/** The kernels of a convolution, as assembly/ has them. */

/** int16: 16-bit products. int8: 8-bit products summed in int32. int8Sum16: summed in int16 first. lookUp: 2-bit weights as indices. */
export type ConvKernel = 'int16' | 'int8' | 'int8Sum16' | 'lookUp' | 'float32';
export type IntegerKernel = Exclude<ConvKernel, 'float32'>;

export type KernelTraits = {
  /** Its number in assembly/step.ts. */
  readonly id: number;
  /** Output pixels and channels whose sums stay in registers together. */
  readonly pixels: number;
  readonly channels: number;
  /** Bytes that it reads for each byte of the tensor: what prepare.ts makes of the codes. */
  readonly spread: number;
  /** Numbers that one instruction sums. */
  readonly group: number;
  /** A run of a window is filled up to a multiple of these: the inner loop takes two groups at a time. */
  readonly multiple: number;
};

export const KERNELS = {
  int16: { id: 0, pixels: 5, channels: 8, spread: 2, group: 2, multiple: 4 },
  int8: { id: 1, pixels: 6, channels: 8, spread: 1, group: 4, multiple: 8 },
  int8Sum16: { id: 2, pixels: 5, channels: 8, spread: 1, group: 4, multiple: 8 },
  lookUp: { id: 3, pixels: 4, channels: 16, spread: 4, group: 4, multiple: 8 },
  float32: { id: 4, pixels: 6, channels: 8, spread: 1, group: 1, multiple: 1 },
} as const satisfies Record<ConvKernel, KernelTraits>;
