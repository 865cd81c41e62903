/** How long work takes on a GPU, whose clock may be coarse. */
import { readable, contents } from './buffers.ts';

/**
 * A pass that takes so many milliseconds is known to a twentieth: timestamps are rounded, in browsers to 0.1 ms, by Dawn to
 * 0.066, lest a page learns too much from them (https://www.w3.org/TR/webgpu/#security-timing). On an H200 every layer of
 * ResNet-20 took 0 of that.
 */
const LEAST_MS = 2;
const MOST_RUNS = 256;

/**
 * How many runs a pass should hold for the clock to tell how long one takes.
 * @param passMs milliseconds of a pass of so many runs; one has run before, so that all is compiled
 */
export async function enoughRuns(passMs: (runs: number) => Promise<number>): Promise<number> {
  let runs = 1;
  while (runs < MOST_RUNS && (await passMs(runs)) < LEAST_MS) runs *= 4;
  return runs;
}

/** Milliseconds of a pass: by the GPU's clock, or until all that was submitted is done. */
export async function timed(
  device: GPUDevice,
  encode: (pass: GPUComputePassEncoder) => Promise<void>,
): Promise<number> {
  const hasClock = device.features.has('timestamp-query');
  const encoder = device.createCommandEncoder();
  const querySet = hasClock ? device.createQuerySet({ type: 'timestamp', count: 2 }) : null;
  const pass = encoder.beginComputePass(
    querySet ? { timestampWrites: { querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 } } : {},
  );
  await encode(pass);
  pass.end();
  if (!querySet) {
    const start = performance.now();
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
    return performance.now() - start;
  }
  const resolved = device.createBuffer({ size: 16, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC });
  const copy = readable(device, 16);
  encoder.resolveQuerySet(querySet, 0, 2, resolved, 0);
  encoder.copyBufferToBuffer(resolved, 0, copy, 0, 16);
  device.queue.submit([encoder.finish()]);
  const [begin, end] = new BigUint64Array(await contents(copy));
  resolved.destroy();
  querySet.destroy();
  return Number(end - begin) / 1e6;
}
