/** How long the kernels of one operator took, as a runtime's profile tells. */

export type OperatorTime = {
  readonly operator: string;
  /** As the runtime calls it: CPUExecutionProvider, WebGpuExecutionProvider, ... */
  readonly provider: string;
  readonly count: number;
  readonly ms: number;
};
