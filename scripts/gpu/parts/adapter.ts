/** Part (a): which adapter there is, and what it can. */
import { adapterName } from '../../../src/base/text/adapterName.ts';
import { isSoftware, whyNoGpu } from '../../../src/integer/webgpu/device.ts';
import type { Emit } from './sizes.ts';

const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBuffersPerShaderStage',
] as const satisfies readonly (keyof GPUSupportedLimits)[];

/** @throws Error where there is no adapter at all */
export async function adapterPart(emit: Emit): Promise<void> {
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new Error('WebGPU offers no adapter here: is there a Vulkan driver?');
  const { vendor, architecture, device, description } = adapter.info;
  emit({
    adapter: adapterName(adapter.info),
    software: isSoftware(adapter),
    vendor,
    architecture,
    device,
    description,
    integers: (await whyNoGpu()) ?? 'can be computed',
    features: [...adapter.features].sort(),
    limits: Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]])),
    userAgent: navigator.userAgent,
  });
}
