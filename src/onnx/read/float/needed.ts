/** The operators that one output of a file needs: what serves only the others is left aside. */
import type { OnnxFile, OnnxNode } from '../parse.ts';

/** In the file's order; all of them where none writes the output, so that what is wrong is found. */
export function neededFor({ nodes }: Pick<OnnxFile, 'nodes'>, output: string): readonly OnnxNode[] {
  if (!nodes.some(({ outputs }) => outputs.includes(output))) return nodes;
  const wanted = new Set([output]);
  const needed: OnnxNode[] = [];
  // From the last to the first: a node stands behind all that it reads.
  for (const node of [...nodes].reverse()) {
    if (!node.outputs.some((name) => wanted.has(name))) continue;
    needed.push(node);
    for (const name of node.inputs) wanted.add(name);
  }
  return needed.reverse();
}
