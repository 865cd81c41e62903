/** What the GPU's engine leaves to WebAssembly: arithmetic in real numbers, of which WGSL does not promise the last bit. */
import { activationOf } from '../../graph/activations.ts';
import type { Graph } from '../../graph/types.ts';

/** @throws Error naming the layer that cannot be run exactly */
export function requireRunnable({ nodes }: Graph): void {
  const output = nodes.at(-1);
  if (output && activationOf(output))
    throw new Error(
      `${output.name} is a classifier behind an activation, which integers on the GPU cannot run: choose Fewbit's own engine in WebAssembly.`,
    );
}
