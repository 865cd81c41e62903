/** Fewbit's own WebAssembly engine: quantized networks in real integers, float32 ones by the same plan and loops. */
import { breathe } from '../../base/breathe.ts';
import { openFloatNetwork, openIntegerNetwork } from '../../integer/wasm/network.ts';
import type { WasmNetwork } from '../../integer/wasm/types.ts';
import type { EngineRow, Here, Made, OpenOptions, RowNetwork } from './types.ts';

/** Milliseconds of work between two moments in which a cancel is heard. */
const SLICE_MS = 8;

/** Whoever times layers, or reads codes, asks the network itself. */
export type FewbitNetwork = RowNetwork & { readonly wasm: WasmNetwork };

/** @throws Error where the network is none that the engine runs: a grid that is missing, no classifier at its end */
export async function openFewbit(
  { model, quantized }: Made,
  { device, helpers }: Here,
  { threads = helpers.threads, quick = false, signal: opening }: OpenOptions = {},
): Promise<FewbitNetwork> {
  const slices = (signal?: AbortSignal) => ({
    sliceMs: SLICE_MS,
    async pause() {
      await breathe();
      signal?.throwIfAborted();
    },
  });
  const options = {
    threads,
    startHelper: helpers.start,
    choose: quick ? ('known' as const) : ('timed' as const),
    slices: slices(opening),
  };
  // Quantizing it took its time.
  await options.slices.pause();
  const wasm = await (quantized ? openIntegerNetwork(quantized, options) : openFloatNetwork(model, options));
  return {
    wasm,
    run: (images, n, signal) => wasm.runInSlices(images, n, slices(signal)),
    runPixels: (pixels, n, table, signal) => wasm.runPixelsInSlices(pixels, n, table, slices(signal)),
    close: () => wasm.close(),
    ranOn: {
      ...device,
      backend: 'wasm',
      description: `in ${quantized ? 'integers' : 'float32'}, ${wasm.description}`,
      threads: wasm.threads,
    },
  };
}

export const fewbitRow: EngineRow = { whyAbsent: () => null, open: openFewbit, keeps: true };
