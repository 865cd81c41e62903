/** What torchvision calls the modules of a MobileNetV2: the names under which one is written here. */
import { mobilenet } from '../graph/networks/mobilenet.ts';
import { mobilenetPlan } from '../graph/networks/mobilenetPlan.ts';
import type { MobileNetBlock } from '../graph/networks/mobilenetPlan.ts';
import type { Graph } from '../graph/types.ts';
import type { ModuleOf } from './names.ts';

/**
 * For the nodes of `mobilenet`: features.0 (stem), features.1.conv ... features.17.conv, features.18 (last), classifier.1.
 * @param graph which of its blocks widen is asked of it
 */
export function torchvisionModules(graph: Graph): ModuleOf {
  const nodes = new Set(graph.nodes.map(({ name }) => name));
  return ({ name }, module) => {
    const part = module === 'own' ? 0 : 1;
    if (name === 'stem') return `features.0.${part}`;
    if (name === 'last') return `features.18.${part}`;
    if (name === 'fc') return 'classifier.1';
    const [block, layer] = name.split('.');
    const path = `features.${Number(block.replace('block', '')) + 1}.conv`;
    const depthwise = nodes.has(`${block}.expand`) ? 1 : 0;
    if (layer === 'expand') return `${path}.0.${part}`;
    return layer === 'depthwise' ? `${path}.${depthwise}.${part}` : `${path}.${depthwise + 1 + part}`;
  };
}

/** Whether a graph is a MobileNetV2 of any channels, padded as torchvision pads, its batch norms unfolded: what mobileStateDict reads. */
export function isMobileNetV2(graph: Graph): boolean {
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  const channelsOf = (name: string): number | null => {
    const node = nodes.get(name);
    return node?.kind === 'conv' ? node.outChannels : null;
  };
  const [stem, last] = [channelsOf('stem'), channelsOf('last')];
  const blocks = mobilenetPlan(1).blocks.flatMap(({ stride }, at): MobileNetBlock[] => {
    const channels = channelsOf(`block${at}.project`);
    return channels === null ? [] : [{ expanded: channelsOf(`block${at}.expand`), channels, stride }];
  });
  const head = graph.nodes.at(-1);
  if (stem === null || last === null || blocks.length !== mobilenetPlan(1).blocks.length || head?.kind !== 'linear')
    return false;
  const known = mobilenet({ stem, blocks, last }, { inputSize: graph.inputShape[0], classes: head.outFeatures });
  // Whatever its batch norms' epsilon is, the metadata says it.
  const plain = ({ nodes: all }: Graph): string =>
    JSON.stringify(
      all.map((node) => ({
        ...node,
        ...('batchNorm' in node && { batchNorm: node.batchNorm ? 'any epsilon' : null }),
      })),
    );
  return plain(known) === plain(graph);
}
