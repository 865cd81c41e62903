/** Our engine's row in Chromium: relaxed SIMD and helper threads where the page is isolated, the interpreter's very logits. */
import { expect, test } from 'vitest';
import { runInteger } from '../../integer/reference/run.ts';
import { startBrowserHelper, usefulThreads } from '../../integer/wasm/host/browser.ts';
import { schemeFor } from '../../quant/schemes.ts';
import { BITS } from '../../quant/types.ts';
import { seededFloatModel, withSeededWeights } from '../../onnx/testing/seededModel.ts';
import { twoBlocks } from '../../tensor/testing/twoBlocks.ts';
import { openNetwork } from './engines.ts';
import type { Here, Made } from './types.ts';

const model = seededFloatModel(twoBlocks);
const here = {
  device: { backend: 'wasm', description: '', threads: 1, crossOriginIsolated: true },
  helpers: { threads: usefulThreads(), start: startBrowserHelper },
} as unknown as Here;

/** Numbers between -2 and 2, the same every time. */
const images = Float32Array.from({ length: 3 * 8 * 8 * 3 }, (_, i) => 2 * Math.sin(i * i));

test.each(BITS.flatMap((bits) => [[bits, 1] as const, [bits, 2] as const]))(
  '%d bits, asked for %d threads, are the interpreter’s, code for code',
  async (bits, threads) => {
    const quantized = withSeededWeights(twoBlocks, schemeFor('modern', bits, bits));
    const made: Made = { model, quantized };
    const network = await openNetwork('fewbit', made, here, { threads });
    expect(await network.run(images, 3)).toEqual(runInteger(quantized, images, 3));
    expect(network.ranOn.description).toMatch(/^in integers, WebAssembly, relaxed SIMD/);
    // A page's own thread may not wait for helpers; network.browser.test.ts runs with them in a worker.
    expect(network.ranOn.threads).toBe(1);
    await network.close();
  },
);

test('a cancel is heard between two slices, in the middle of a batch', async () => {
  const quantized = withSeededWeights(twoBlocks, schemeFor('modern', 4, 4));
  const network = await openNetwork('fewbit', { model, quantized }, here, { threads: 1 });
  const many = new Float32Array(20_000 * 8 * 8 * 3);
  const abort = new AbortController();
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    abort.abort();
    port1.close();
  };
  const cut = network.run(many, 20_000, abort.signal);
  port2.postMessage(null);
  await expect(cut).rejects.toMatchObject({ name: 'AbortError' });
  // And runs on afterwards as if nothing had been.
  expect(await network.run(images, 3)).toEqual(runInteger(quantized, images, 3));
  await network.close();
});
