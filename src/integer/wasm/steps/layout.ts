/** Room in a network's memory for its weights and offsets, and what is written there. */
import type { TensorName } from '../../../graph/types.ts';
import type { Area } from '../area.ts';
import type { Chosen } from '../choice/layers.ts';
import { theWorkshop } from '../choice/workshop.ts';
import type { Placed } from '../plan.ts';
import { depthwiseAreas, writeDepthwise, writeDepthwiseFloats } from './depthwiseStep.ts';
import { offsetsOf, weightAreas, writeFloatWeights, writeIntegerWeights } from './convStep.ts';
import type { Network, Window } from './layers.ts';
import type { Weighted } from './records.ts';

/** @returns the layers with their places, and what fills these once there is a memory of zeros */
export function laidOut(
  network: Network,
  chosen: ReadonlyMap<TensorName, Chosen>,
  placeOf: (tensor: TensorName) => Placed,
  area: Area,
): { readonly weighted: ReadonlyMap<TensorName, Weighted>; readonly write: (memory: WebAssembly.Memory) => void } {
  const pending: ((memory: WebAssembly.Memory) => void)[] = [];
  const known = new Map<string, number>();
  const weighted = new Map<TensorName, Weighted>();
  for (const [name, { window, packing, choice }] of chosen) {
    const [input, output] = [placeOf(window.input), placeOf(window.name)];
    if (window.isDepthwise) {
      const areas = depthwiseAreas(packing, network.kind === 'float32' ? 4 : 2, area);
      weighted.set(name, { window, packing, choice, areas, offsets: 0 });
      pending.push((memory) => {
        if (network.kind === 'integer') {
          const [input, output] = [network.gridOf(window.input), network.outputOf(name)];
          writeDepthwise(memory, areas, packing, network.weightsOf(name), input, output);
        } else
          writeDepthwiseFloats(memory, areas, packing, network.arrayOf(name, 'kernel'), network.arrayOf(name, 'bias'));
      });
      continue;
    }
    const areas = weightAreas(choice?.kernel ?? 'float32', packing, area);
    // Layers of one geometry share their offsets.
    const key = geometryOf(window, [input, output]);
    let offsets = known.get(key);
    if (offsets === undefined) {
      const values = offsetsOf(window, input, output);
      const at = area.take(values.byteLength);
      offsets = at;
      known.set(key, at);
      pending.push(({ buffer }) => void new Uint32Array(buffer, at, values.length).set(values));
    }
    weighted.set(name, { window, packing, choice, areas, offsets });
    pending.push((memory) => {
      if (network.kind === 'float32') {
        const [kernel, bias] = [network.arrayOf(name, 'kernel'), network.arrayOf(name, 'bias')];
        return writeFloatWeights(memory, areas, packing, kernel, bias);
      }
      if (!choice) throw new Error(`${name} has no kernel.`);
      const weights = network.weightsOf(name);
      const centred = theWorkshop()(weights, packing);
      const grid = window.isClassifier ? null : network.gridOf(name);
      writeIntegerWeights(memory, areas, choice, centred, weights, network.gridOf(window.input), grid);
    });
  }
  return { weighted, write: (memory) => pending.forEach((write) => write(memory)) };
}

/** What the offsets of a layer depend on: its stride and padding, its tensors' rows and frames. */
const geometryOf = ({ stride, padding }: Window, tensors: readonly Placed[]): string =>
  JSON.stringify([
    stride,
    padding,
    ...tensors.map((each) => [each.padding, each.rowBytes, each.pixelBytes, each.height, each.width]),
  ]);
