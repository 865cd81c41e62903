/** What the GPU's engine leaves to WebAssembly: arithmetic in real numbers, of which WGSL does not promise the last bit. */
import { activationOf } from '../../graph/activations.ts';
import { inferShapes } from '../../graph/shapes.ts';
import type { Graph, GraphNode } from '../../graph/types.ts';
import { lookUp } from '../../base/lookUp.ts';
import { isWhole } from '../reference/pool.ts';

/** @throws Error naming the first layer that cannot be run exactly */
export function requireRunnable(graph: Graph): void {
  const shapes = inferShapes(graph);
  for (const node of graph.nodes) {
    const why = oddityOf(node, node === graph.nodes.at(-1), (name) => lookUp(shapes, name, 'shape'));
    if (why === null) continue;
    throw new Error(
      `${node.name} ${why}, which integers on the GPU cannot run: choose Fewbit's own engine in WebAssembly.`,
    );
  }
}

function oddityOf(node: GraphNode, isOutput: boolean, shapeOf: (name: string) => readonly number[]): string | null {
  if (node.kind === 'avgPool' && !isWhole(node, shapeOf(node.input))) return 'is an average pool over windows';
  return isOutput && activationOf(node) ? 'is a classifier behind an activation' : null;
}
