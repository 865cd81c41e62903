/**
 * Our WebGPU kernels against what tfjs has, in turns in one run, on whatever adapter the npm package webgpu finds
 * (VK_ICD_FILENAMES and LD_LIBRARY_PATH as in scripts/checks/webgpu/nodeGpu.ts, where there is no GPU):
 * `npx tsx bench/webgpu.ts [--batch 64] [--runs 7] [--memory]`. Milliseconds are medians; `ratio` is stock / ours.
 * --memory takes one QAT step of ResNet-20 instead, and prints the GPU bytes that tfjs holds after it.
 */
import { parseArgs } from 'node:util';
import { installNodeGpu } from '../scripts/checks/webgpu/nodeGpu.ts';

const { values: args } = parseArgs({
  options: {
    batch: { type: 'string', default: '64' },
    runs: { type: 'string', default: '7' },
    memory: { type: 'boolean', default: false },
  },
});
const [batch, runs] = [Number(args.batch), Number(args.runs)];

const adapter = await installNodeGpu();
if (!adapter) {
  console.error('bench/webgpu.ts: no WebGPU adapter here; set VK_ICD_FILENAMES to a Vulkan driver.');
  process.exit(1);
}
// tfjs looks for navigator.gpu as it is loaded.
const { openBackend } = await import('../src/tensor/backend.ts');
const { nodePlatform } = await import('../src/tensor/wasm/node.ts');
await openBackend('webgpu', nodePlatform);

if (args.memory) {
  const { gpuStepMemory } = await import('./webgpuMemory.ts');
  console.log(JSON.stringify({ ...(await gpuStepMemory(batch)), batch, adapter }));
  process.exit(0);
}

const { kernelsPart } = await import('../scripts/gpu/parts/kernels.ts');
await kernelsPart((row) => console.log(JSON.stringify({ ...row, adapter })), {
  kernelBatch: batch,
  kernelLayers: 6,
  runs,
});

process.exit(0);
