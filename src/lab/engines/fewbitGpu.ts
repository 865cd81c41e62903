/** Fewbit's integer engine on the GPU: exact as the others, on a device of its own. */
import { openGpuDevice, whyNoGpu, type GpuDevice } from '../../integer/webgpu/device.ts';
import { openGpuNetwork } from '../../integer/webgpu/network.ts';
import type { GpuNetwork } from '../../integer/webgpu/types.ts';
import { LabError } from '../../contract/errors.ts';
import type { EngineRow, Here, Made, OpenOptions, RowNetwork } from './types.ts';

const ONLY_QUANTIZED = 'Fewbit’s engine on the GPU computes in integers only: choose a bitwidth.';

/** Whoever times layers asks the network itself. */
export type FewbitGpuNetwork = RowNetwork & { readonly gpu: GpuNetwork };

let opening: Promise<GpuDevice> | null = null;

/** One for this thread, until it is lost; the next who asks gets another. */
function theDevice(): Promise<GpuDevice> {
  const found = (opening ??= openGpuDevice().then((gpu) => {
    void gpu.lost.then(() => void (opening = null));
    return gpu;
  }));
  found.catch(() => void (opening = null));
  return found;
}

/**
 * @throws Error where there is no GPU that computes exactly, or the network is float or none that the engine runs
 */
export async function openFewbitGpu(
  { quantized }: Made,
  { device }: Pick<Here, 'device'>,
  { quick = false }: OpenOptions = {},
): Promise<FewbitGpuNetwork> {
  if (!quantized) throw new Error(ONLY_QUANTIZED);
  const own = await theDevice();
  const gpu = await openGpuNetwork(quantized, own, { choose: quick ? 'fixed' : 'timed' });
  let lost: string | null = null;
  void own.lost.then((reason) => void (lost = reason));
  async function unlessLost(work: Promise<Float32Array>): Promise<Float32Array> {
    try {
      return await work;
    } catch (error) {
      throw lost === null ? error : new LabError('deviceLost', `${lost} Try again: the lab opens afresh.`);
    }
  }
  return {
    gpu,
    run: (images, n, signal) => unlessLost(gpu.run(images, n, { signal })),
    runPixels: (pixels, n, table, signal) => unlessLost(gpu.runPixels(pixels, n, table, { signal })),
    close: () => gpu.close(),
    ranOn: { ...device, backend: 'webgpu', description: `in integers, ${gpu.description}`, threads: 1 },
  };
}

const IMITATED = 'This WebGPU only imitates a GPU on the processor: integers run in WebAssembly.';

/** Why such networks need not be timed on the GPU, in a sentence; null: they run there. */
export async function whyNotTimed(here: Here, made: Made): Promise<string | null> {
  const reason = await fewbitGpuRow.whyAbsent(here, made);
  if (reason !== null) return reason;
  return theDevice().then(
    ({ software }) => (software ? IMITATED : null),
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

export const fewbitGpuRow: EngineRow = {
  whyAbsent: async (_here, { quantized }) => (quantized ? whyNoGpu() : ONLY_QUANTIZED),
  open: openFewbitGpu,
  keeps: true,
};
