/** Part (b): every kernel against the CPU's, the integer engine against the interpreter, code for code. */
import { openGpuDevice } from '../../../src/integer/webgpu/device.ts';
import { INTEGER_CHECKS, randomNetworks } from '../../../src/integer/webgpu/testing/checks.ts';
import { CHECKS } from '../../../src/tensor/webgpu/testing/checks.ts';
import type { Emit, Sizes } from './sizes.ts';

/** tfjs's backend must be open. */
export async function checksPart(emit: Emit, { allChecks }: Sizes): Promise<void> {
  const gpu = await openGpuDevice();
  for (const { name, run } of allChecks ? INTEGER_CHECKS : [randomNetworks(1, 3, ['16x16 in 4 slices'])]) {
    const difference = await run(gpu);
    emit({ check: `integers, ${name}`, holds: difference === null, ...(difference === null ? {} : { difference }) });
  }
  gpu.device.destroy();
  for (const { name, run, allowed } of allChecks ? CHECKS : CHECKS.slice(5, 6)) {
    const error = await run();
    emit({ check: name, holds: error <= allowed, error, allowed });
  }
}
