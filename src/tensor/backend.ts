/** Which tfjs backend computes: WebGPU where there is a GPU, else WASM with as many threads as really run. */
import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import '@tensorflow/tfjs-backend-webgpu';
import { getThreadsCount, setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { adapterName } from '../base/text/adapterName.ts';
import { registerConvGradients } from './wasm/convGradients.ts';
import { registerDepthwiseGradients } from './wasm/depthwiseGradients.ts';
import { beatWithKernels } from './life.ts';
import { usableThreads } from './wasm/threads.ts';
import { registerWebgpuKernels } from './webgpu/register.ts';

export type BackendName = 'webgpu' | 'wasm' | 'cpu';

/** What differs between a browser's worker and Node. */
export type Platform = {
  /** The folder of tfjs's .wasm files, or where each of them is. */
  readonly wasmPaths: string | Record<string, string>;
  readonly cores: number;
  /** Whether memory can be shared between threads. */
  readonly isolated: boolean;
  /** Runs `start` so that the WASM backend it initializes gets its threads. */
  readonly withThreads: <T>(threads: number, start: () => Promise<T>) => Promise<T>;
};

/** Bytes; see https://www.w3.org/TR/webgpu/#limits. */
export type GpuLimits = Pick<GPUSupportedLimits, 'maxBufferSize' | 'maxStorageBufferBindingSize'>;

export type OpenedBackend = {
  readonly name: BackendName;
  readonly description: string;
  readonly threads: number;
  /** Of a real GPU; null where none computes. */
  readonly gpuLimits: GpuLimits | null;
  /** Resolves, with the reason, when the backend can compute no more; for most it never does. */
  readonly lost: Promise<string>;
};

const NEVER = new Promise<string>(() => undefined);

/** The adapter's own words, or null where there is none or it only imitates a GPU on the CPU. */
async function gpuName(): Promise<string | null> {
  const gpu = (globalThis.navigator as Navigator | undefined)?.gpu;
  const adapter = await gpu?.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return null;
  const name = adapterName(adapter.info);
  return adapter.info.isFallbackAdapter || /swiftshader/i.test(name) ? null : name;
}

async function openWebGpu(): Promise<OpenedBackend> {
  if (!(await tf.setBackend('webgpu')))
    throw new Error('WebGPU: the browser offers no usable GPU; choose the WASM backend.');
  const found = await gpuName();
  registerWebgpuKernels(found === null);
  const { device } = tf.backend() as WebGPUBackend;
  return {
    name: 'webgpu',
    description: `${found ?? 'software adapter'} (WebGPU)`,
    threads: 1,
    gpuLimits: found === null ? null : device.limits,
    lost: lossOf(device),
  };
}

/** A device that is out of memory answers with zeros from then on: it counts as lost. */
function lossOf(device: GPUDevice): Promise<string> {
  const outOfMemory = new Promise<string>((resolve) => {
    device.addEventListener('uncapturederror', ({ error }) => {
      if (error instanceof GPUOutOfMemoryError) resolve('The GPU is out of memory.');
    });
  });
  const gone = device.lost.then(({ message }) => `The GPU was lost${message ? ` (${message.trim()})` : ''}.`);
  return Promise.race([outOfMemory, gone]);
}

async function openWasm(platform: Platform): Promise<OpenedBackend> {
  const threads = usableThreads(platform.cores, platform.isolated);
  setWasmPaths(platform.wasmPaths);
  setThreadsCount(threads);
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', threads > 1);
  if (!(await platform.withThreads(threads, () => tf.setBackend('wasm')))) {
    throw new Error("WASM: the backend did not start; its .wasm files may be missing from the page's own server.");
  }
  // After the start, so that the stock kernels have been set up and can be compared with.
  registerConvGradients();
  registerDepthwiseGradients();
  const running = threads > 1 ? getThreadsCount() : 1;
  return {
    name: 'wasm',
    description: `WebAssembly SIMD, ${running} ${running === 1 ? 'thread' : 'threads'}`,
    threads: running,
    gpuLimits: null,
    lost: NEVER,
  };
}

async function openCpu(): Promise<OpenedBackend> {
  await tf.setBackend('cpu');
  return { name: 'cpu', description: 'plain JavaScript, 1 thread', threads: 1, gpuLimits: null, lost: NEVER };
}

/**
 * Starts a backend and makes it tfjs's current one.
 * @param wanted 'auto' takes WebGPU on a real GPU, else WASM
 * @throws when the wanted backend cannot start
 */
export async function openBackend(wanted: BackendName | 'auto', platform: Platform): Promise<OpenedBackend> {
  const name = wanted === 'auto' ? ((await gpuName()) ? 'webgpu' : 'wasm') : wanted;
  const open = { webgpu: openWebGpu, wasm: () => openWasm(platform), cpu: openCpu }[name];
  tf.enableProdMode();
  beatWithKernels();
  return open();
}
