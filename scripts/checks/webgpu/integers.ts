/**
 * The integer engine's shaders in Node, in a process that has been told where its GPU is: one JSON object a check.
 * `npx tsx scripts/checks/webgpu/integers.ts short` is what the tests run; `all` takes every tile and width, `images N` the real
 * ResNet-20 at 8, 4 and 2 bits on N test images of the bundled sample.
 */
import type { IntegerCheck } from '../../../src/integer/webgpu/testing/checks.ts';
import { installNodeGpu } from './nodeGpu.ts';

const [which = 'short', count = '64'] = process.argv.slice(2);
const adapter = await installNodeGpu();
console.log(JSON.stringify({ adapter }));
if (adapter) {
  const { openGpuDevice } = await import('../../../src/integer/webgpu/device.ts');
  const { INTEGER_CHECKS, randomNetworks, wholeResnet20 } =
    await import('../../../src/integer/webgpu/testing/checks.ts');
  const { realResnet20 } = await import('./realResnet20.ts');
  const lists: Readonly<Record<string, () => Promise<readonly IntegerCheck[]>>> = {
    short: async () => [
      randomNetworks(1001, 1080, ['32x32']),
      // A software adapter is slow where threads wait for each other.
      randomNetworks(1101, 1104, ['4x16 in 8 slices']),
      wholeResnet20(4, 1, '32x32'),
    ],
    all: async () => INTEGER_CHECKS,
    images: () => realResnet20(Number(count)),
  };
  const gpu = await openGpuDevice();
  for (const { name, run } of await lists[which]()) {
    const start = performance.now();
    const difference = await run(gpu);
    console.log(JSON.stringify({ name, difference, seconds: Number(((performance.now() - start) / 1000).toFixed(1)) }));
  }
}
process.exit(0);
