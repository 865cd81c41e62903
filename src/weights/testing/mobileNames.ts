/** A MobileNetV2 as the state dict that torchvision or timm would save, for tests: their names layer by layer. */
import type { Graph, NamedArray, Weights } from '../../graph/types.ts';
import { torchvisionModules } from '../mobileNames.ts';
import { fromGraphWeights } from '../names.ts';
import type { ModuleOf } from '../names.ts';
import { writeSafetensors } from '../safetensors.ts';

export type Naming = (graph: Graph) => ModuleOf;

function placeOf(name: string): readonly [block: number, layer: string] {
  const [, block = '-1', layer = name] = /^block(\d+)\.(.*)$/.exec(name) ?? [];
  return [Number(block), layer];
}

const widensIn = (graph: Graph, block: number): boolean =>
  graph.nodes.some(({ name }) => name === `block${block}.expand`);

export const torchvision: Naming = torchvisionModules;

/** With as many blocks in each stage. */
export function timmOf(depths: readonly number[]): Naming {
  const places = depths.flatMap((depth, stage) => Array.from({ length: depth }, (_, at) => `blocks.${stage}.${at}`));
  return (graph) => (node, module) => {
    const [block, layer] = placeOf(node.name);
    const isOwn = module === 'own';
    if (layer === 'stem') return isOwn ? 'conv_stem' : 'bn1';
    if (layer === 'last') return isOwn ? 'conv_head' : 'bn2';
    if (layer === 'fc') return 'classifier';
    const names: Readonly<Record<string, readonly [string, string]>> = widensIn(graph, block)
      ? { expand: ['conv_pw', 'bn1'], depthwise: ['conv_dw', 'bn2'], project: ['conv_pwl', 'bn3'] }
      : { depthwise: ['conv_dw', 'bn1'], project: ['conv_pw', 'bn2'] };
    return `${places[block]}.${names[layer][isOwn ? 0 : 1]}`;
  };
}

export const timm = timmOf([1, 2, 3, 4, 3, 3, 1]);

/** The file, without metadata; `change` is what a test does to its arrays before. */
export function fileOfMobile(
  graph: Graph,
  weights: Weights,
  naming: Naming,
  change: (tensors: Map<string, NamedArray>) => void = () => undefined,
): Uint8Array<ArrayBuffer> {
  const tensors = fromGraphWeights(graph, weights, naming(graph));
  change(tensors);
  return writeSafetensors(tensors, { dtype: 'F32' });
}
