/** The race's lanes in a browser: each a worker of its own, with .wasm from the page's origin, loaded when it is first raced. */
import { adapterName } from '../../base/text/adapterName.ts';
import { threadCount } from '../../runtime/threadCount.ts';
import { ortWasmUrl, ortWebGpuWasmUrl } from '../../runtime/wasmUrl.ts';
import { openWorkerLane, type ClosableLane } from '../../runtime/workerLane.ts';
import { whyAbsent, type Surroundings } from './laneSupport.ts';
import type { Lanes } from '../resources.ts';

const absolute = (url: string): string => new URL(url, self.location.href).href;

async function gpuName(): Promise<string | null> {
  const adapter = await navigator.gpu?.requestAdapter();
  return adapter ? adapterName(adapter.info) : null;
}

async function hasFloat16(): Promise<boolean> {
  const adapter = await navigator.gpu?.requestAdapter();
  return adapter?.features.has('shader-f16') ?? false;
}

let resident: Promise<ClosableLane> | null = null;

/** One for this thread; where it has ended, whatever ended it, the next who asks gets another. */
async function residentLane(threads: number): Promise<ClosableLane> {
  const known = await resident?.catch(() => null);
  if (known && !known.hasEnded()) return known;
  resident = openWorkerLane({ provider: 'wasm', threads, wasmUrl: absolute(ortWasmUrl) });
  return resident;
}

export const browserLanes: Lanes = {
  machine: async () => ({
    runtime: navigator.userAgent,
    cores: navigator.hardwareConcurrency,
    crossOriginIsolated: self.crossOriginIsolated,
    adapter: await gpuName(),
  }),
  whyAbsent: (name) => whyAbsent(name, self as unknown as Surroundings),
  async open(name) {
    const reason = await browserLanes.whyAbsent(name);
    if (reason !== null) throw new Error(reason);
    const threads = name === 'wasm-all' ? navigator.hardwareConcurrency : 1;
    const provider = name === 'wasm-1' || name === 'wasm-all' ? 'wasm' : name;
    const lane = await openWorkerLane({
      provider,
      threads,
      wasmUrl: absolute(provider === 'wasm' ? ortWasmUrl : ortWebGpuWasmUrl),
    });
    return {
      lane,
      threads,
      float16: name !== 'webgpu' || (await hasFloat16()),
      end: lane.end,
      hasEnded: lane.hasEnded,
    };
  },
  async resident() {
    const threads = threadCount(navigator.hardwareConcurrency, self.crossOriginIsolated);
    const lane = await residentLane(threads);
    return { lane, threads, float16: true, end: lane.end, hasEnded: lane.hasEnded };
  },
};
