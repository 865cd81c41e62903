/** Buffers on the GPU, made and read. */

/** A buffer that shaders read, with its contents. */
export function bufferOf(device: GPUDevice, words: Uint32Array<ArrayBuffer>): GPUBuffer {
  const buffer = device.createBuffer({
    size: Math.max(16, words.byteLength),
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
  });
  device.queue.writeBuffer(buffer, 0, words);
  return buffer;
}

/** A buffer that shaders write. */
export const emptyBuffer = (device: GPUDevice, bytes: number): GPUBuffer =>
  device.createBuffer({
    size: Math.ceil(Math.max(16, bytes) / 4) * 4,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
  });

/** Uniforms: 32-bit words. */
export function uniformsOf(device: GPUDevice, words: readonly number[]): GPUBuffer {
  const buffer = device.createBuffer({
    size: Math.ceil(words.length / 4) * 16,
    usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
  });
  device.queue.writeBuffer(buffer, 0, Int32Array.from(words));
  return buffer;
}

/** Bytes, filled up to whole words. */
export function wordsOf(bytes: Uint8Array): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(bytes.length / 4));
  new Uint8Array(words.buffer).set(bytes);
  return words;
}

/** A buffer that a copy can be read from. */
export const readable = (device: GPUDevice, bytes: number): GPUBuffer =>
  device.createBuffer({ size: Math.ceil(bytes / 4) * 4, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });

/** Its contents, once all work that was submitted is done; the buffer is gone afterwards. */
export async function contents(buffer: GPUBuffer): Promise<ArrayBuffer> {
  await buffer.mapAsync(GPUMapMode.READ);
  const bytes = buffer.getMappedRange().slice(0);
  buffer.destroy();
  return bytes;
}

const pipelines = new WeakMap<GPUDevice, Map<string, Promise<GPUComputePipeline>>>();

/** The compiled shader, compiled once for a device. @throws Error with the compiler's words */
export function pipelineOf(device: GPUDevice, key: string, source: () => string): Promise<GPUComputePipeline> {
  const known = pipelines.get(device) ?? new Map<string, Promise<GPUComputePipeline>>();
  pipelines.set(device, known);
  const found =
    known.get(key) ??
    device.createComputePipelineAsync({
      label: key,
      layout: 'auto',
      compute: { module: device.createShaderModule({ code: source(), label: key }), entryPoint: 'main' },
    });
  known.set(key, found);
  return found;
}

export function bindGroupOf(
  device: GPUDevice,
  pipeline: GPUComputePipeline,
  buffers: readonly GPUBuffer[],
): GPUBindGroup {
  return device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
}
