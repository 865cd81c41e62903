/** Which lanes of the race a browser has, and why not the others: asked before one is offered. */
import type { LaneName } from '../../contract/engines.ts';

/** As much of a browser as decides it. */
export type Surroundings = {
  readonly crossOriginIsolated: boolean;
  readonly navigator: {
    readonly gpu?: { readonly requestAdapter: () => Promise<object | null> };
    /** Web Neural Network API, https://www.w3.org/TR/webnn/ */
    readonly ml?: { readonly createContext: () => Promise<object> };
  };
};

const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The reason why a lane is absent, or null where it is here. */
export async function whyAbsent(
  name: LaneName,
  { crossOriginIsolated, navigator: { gpu, ml } }: Surroundings,
): Promise<string | null> {
  switch (name) {
    case 'wasm-1':
      return null;
    case 'wasm-all':
      return crossOriginIsolated ? null : 'The page is not cross-origin isolated, so WebAssembly has one thread only.';
    case 'webgpu': {
      const adapter = await gpu?.requestAdapter().catch(() => null);
      return adapter ? null : 'This browser offers no WebGPU adapter.';
    }
    case 'webnn':
      if (!ml) return 'This browser has no WebNN.';
      return ml.createContext().then(
        () => null,
        (error: unknown) => `This browser has WebNN, but it cannot start: ${sentence(error)}`,
      );
  }
}
