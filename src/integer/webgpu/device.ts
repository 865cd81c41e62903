/** The GPU that the engine computes on: whether there is one, and whether it answers as the arithmetic asks. */
import { adapterName } from '../../base/text/adapterName.ts';
import { askArithmetic } from './arithmetic.ts';

/** What makes four products one instruction; where it is missing, the WebAssembly engine serves. */
const DOT_PRODUCTS = 'packed_4x8_integer_dot_product';

export type GpuDevice = {
  readonly device: GPUDevice;
  /** The adapter's own words. */
  readonly name: string;
  /** It only imitates a GPU on the processor: right, and slow. */
  readonly software: boolean;
  /** Resolves, with a sentence, when the device can compute no more. */
  readonly lost: Promise<string>;
};

const theGpu = (): GPU | undefined => (globalThis.navigator as Navigator | undefined)?.gpu;

/** Why integers cannot be computed on a GPU here, in a sentence; null: they can, as far as can be told without opening one. */
export async function whyNoGpu(gpu: GPU | undefined = theGpu()): Promise<string | null> {
  if (!gpu) return 'There is no WebGPU here: integers run in WebAssembly.';
  if (!gpu.wgslLanguageFeatures.has(DOT_PRODUCTS))
    return 'This WebGPU has no dot products of packed bytes (packed_4x8_integer_dot_product): integers run in WebAssembly.';
  return (await gpu.requestAdapter()) ? null : 'WebGPU offers no GPU here: integers run in WebAssembly.';
}

export const isSoftware = ({ info }: Pick<GPUAdapter, 'info'>): boolean =>
  info.isFallbackAdapter || /swiftshader|llvmpipe/i.test(`${info.description} ${info.vendor} ${info.architecture}`);

/**
 * Opens a device with all the room that the adapter has, and asks it once how it computes.
 * @throws Error with a sentence where there is none, or where it computes otherwise than the arithmetic asks
 */
export async function openGpuDevice(gpu: GPU | undefined = theGpu()): Promise<GpuDevice> {
  const reason = await whyNoGpu(gpu);
  const adapter = await gpu?.requestAdapter({ powerPreference: 'high-performance' });
  if (reason !== null || !adapter) throw new Error(reason ?? 'WebGPU offers no GPU here: integers run in WebAssembly.');
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits;
  const device = await adapter.requestDevice({
    requiredFeatures: adapter.features.has('timestamp-query') ? ['timestamp-query'] : [],
    requiredLimits: { maxBufferSize, maxStorageBufferBindingSize },
  });
  const name = adapterName(adapter.info);
  const odd = await askArithmetic(device);
  if (odd !== null) {
    device.destroy();
    throw new Error(`${name} ${odd}, so its codes could be others: integers run in WebAssembly.`);
  }
  return { device, name, software: isSoftware(adapter), lost: lossOf(device) };
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
