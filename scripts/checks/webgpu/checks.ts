/** The checks of our WebGPU kernels in Node, in a process that has been told where its GPU is: one JSON object a line. */
import { installNodeGpu } from './nodeGpu.ts';

const adapter = await installNodeGpu();
console.log(JSON.stringify({ adapter }));
if (adapter) {
  // tfjs looks for navigator.gpu as it is loaded.
  const { openBackend } = await import('../../../src/tensor/backend.ts');
  const { nodePlatform } = await import('../../../src/tensor/wasm/node.ts');
  const { CHECKS } = await import('../../../src/tensor/webgpu/testing/checks.ts');
  await openBackend('webgpu', nodePlatform);
  for (const { name, run, allowed } of CHECKS) console.log(JSON.stringify({ name, error: await run(), allowed }));
}
process.exit(0);
