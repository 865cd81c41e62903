/** Runs compute shaders of our own, with several outputs, in the order of tfjs's own work on its WebGPU backend. */
import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';

/** The parts of the backend that tfjs does not type: where its next commands are recorded, and the buffers of its tensors. */
type Internals = {
  readonly device: GPUDevice;
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  dispatchCountInPass: number;
  readonly commandQueueOwnedIds: WeakSet<object>;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  uploadToGPU(dataId: object): void;
  tensorToBinding(tensor: tf.TensorInfo): GPUBindingResource;
  makeUniforms(uniforms: readonly { type: 'int32' | 'float32'; data: number[] }[]): GPUBindingResource;
  makeTensorInfo(shape: number[], dtype: 'float32'): tf.TensorInfo;
};

/** One shader. Its buffers are arrays of f32; `u` holds the uniforms. */
export type Shader = {
  /** Tells it from all others, sizes that are compiled in included. */
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly uniforms: Readonly<Record<string, 'i32' | 'f32'>>;
  readonly workgroup: readonly [x: number, y: number, z: number];
  /** Declarations, and the body of `main`, which knows `lid`, `wid`, `gid`, `groups` (vec3<u32>) and `index` (u32, in the group). */
  readonly declarations?: string;
  readonly body: string;
};

export type Run = {
  readonly inputs: readonly tf.TensorInfo[];
  /** The outputs' shapes. */
  readonly outputs: readonly (readonly number[])[];
  /** In the order of the shader's. */
  readonly uniforms: readonly number[];
  /** Workgroups, at most 65,535 a dimension. */
  readonly dispatch: readonly [x: number, y: number, z: number];
};

function sourceOf({ inputs, outputs, uniforms, workgroup, declarations = '', body }: Shader): string {
  const buffers = [...outputs.map((name) => [name, 'read_write']), ...inputs.map((name) => [name, 'read'])];
  return `
struct Uniforms { ${Object.entries(uniforms)
    .map(([name, type]) => `${name} : ${type}`)
    .join(', ')} };
${buffers.map(([name, access], i) => `@group(0) @binding(${i}) var<storage, ${access}> ${name} : array<f32>;`).join('\n')}
@group(0) @binding(${buffers.length}) var<uniform> u : Uniforms;
${declarations}
@compute @workgroup_size(${workgroup.join(', ')})
fn main(
  @builtin(local_invocation_id) lid : vec3<u32>, @builtin(workgroup_id) wid : vec3<u32>,
  @builtin(global_invocation_id) gid : vec3<u32>, @builtin(num_workgroups) groups : vec3<u32>,
  @builtin(local_invocation_index) index : u32,
) {
${body}
}`;
}

const pipelines = new WeakMap<GPUDevice, Map<string, GPUComputePipeline>>();

function pipelineOf(device: GPUDevice, shader: Shader): GPUComputePipeline {
  const known = pipelines.get(device) ?? new Map<string, GPUComputePipeline>();
  pipelines.set(device, known);
  const found = known.get(shader.name);
  if (found) return found;
  const module = device.createShaderModule({ code: sourceOf(shader), label: shader.name });
  const pipeline = device.createComputePipeline({
    compute: { module, entryPoint: 'main' },
    label: shader.name,
    layout: 'auto',
  });
  known.set(shader.name, pipeline);
  return pipeline;
}

/** Dispatches after which tfjs submits; the same here, so that the GPU is never idle for long. */
const submitAfter = (): number => tf.env().getNumber('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE');

/** @returns the outputs, in the shader's order */
export function run(shader: Shader, { inputs, outputs, uniforms, dispatch }: Run): tf.TensorInfo[] {
  const backend = tf.backend() as WebGPUBackend as unknown as Internals;
  const made = outputs.map((shape) => backend.makeTensorInfo([...shape], 'float32'));
  const tensors = [...made, ...inputs];
  for (const { dataId } of tensors) backend.uploadToGPU(dataId);
  const pipeline = pipelineOf(backend.device, shader);
  const types = Object.values(shader.uniforms);
  const bindings = [
    ...tensors.map((tensor) => backend.tensorToBinding(tensor)),
    backend.makeUniforms(
      uniforms.map((value, i) => ({ type: types[i] === 'f32' ? 'float32' : 'int32', data: [value] })),
    ),
  ];
  const bindGroup = backend.device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: bindings.map((resource, binding) => ({ binding, resource })),
  });
  for (const { dataId } of tensors) backend.commandQueueOwnedIds.add(dataId);
  backend.ensureCommandEncoderReady();
  const pass = (backend.computePassEncoder ??= (backend.commandEncoder as GPUCommandEncoder).beginComputePass());
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(...dispatch);
  if (++backend.dispatchCountInPass >= submitAfter()) {
    backend.endComputePassEncoder();
    backend.submitQueue();
  }
  return made;
}

/** The outputs as tensors that tf.tidy and gradients know. */
export const tensorsOf = (made: readonly tf.TensorInfo[]): tf.Tensor[] =>
  made.map((info) => tf.engine().makeTensorFromTensorInfo(info));

/** Frees what `run` made and nobody else has seen. */
export function free(...made: readonly tf.TensorInfo[]): void {
  const backend = tf.backend() as WebGPUBackend;
  for (const { dataId } of made) backend.disposeData(dataId);
}
