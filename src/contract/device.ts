/** What computes, named so that a number can say where it was measured. */
export type BackendName = 'webgpu' | 'wasm' | 'cpu';

export type Device = {
  readonly backend: BackendName;
  /** For example "WebAssembly SIMD, 4 threads" or "NVIDIA GeForce RTX 3060 (WebGPU)". */
  readonly description: string;
  readonly threads: number;
  readonly crossOriginIsolated: boolean;
};

/** Where a network ran: an engine may compute where tfjs cannot. */
export type RanOn = Omit<Device, 'backend'> & { readonly backend: BackendName | 'webnn' };
