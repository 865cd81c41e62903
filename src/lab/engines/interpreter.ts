/** The integer interpreter as an engine: exact, and the judge of the fast ones. */
import { runInteger } from '../../integer/reference/run.ts';
import type { EngineRow } from './types.ts';

const ONLY_QUANTIZED = 'The integer interpreter runs quantized networks only: choose a bitwidth.';

export const interpreterRow: EngineRow = {
  whyAbsent: (_here, { quantized }) => (quantized ? null : ONLY_QUANTIZED),
  async open({ quantized }, { device }) {
    if (!quantized) throw new Error(ONLY_QUANTIZED);
    return {
      run: async (images, n) => runInteger(quantized, images, n),
      close: () => undefined,
      ranOn: { ...device, backend: 'wasm', description: 'WebAssembly SIMD, 1 thread', threads: 1 },
    };
  },
};
