/** Our own engine as a lane of the race: in this thread, with its helpers or without. */
import type { Lane, LaneInput } from '../../runtime/lane.ts';
import { channelsLast } from '../../onnx/layout.ts';
import { openFewbit, type FewbitNetwork } from '../engines/fewbit.ts';
import type { Here, Made } from '../engines/types.ts';
import type { OpenedLane } from '../resources.ts';
import type { OperatorTime } from '../../base/operatorTime.ts';
import type { FewbitLane } from '../../contract/engines.ts';

/** Runs of which each layer's best time counts. */
const LAYER_RUNS = 5;

/**
 * @param madeOf the network that a file was written from: the lane runs what is in it without reading it again
 * @throws Error where this page has one thread only and all are asked for
 */
export function openFewbitLane(name: FewbitLane, here: Here, madeOf: (file: Uint8Array) => Made): OpenedLane {
  const threads = name === 'fewbit-1' ? 1 : here.helpers.threads;
  const networks = new Map<number, FewbitNetwork>();
  let lastId = 0;

  async function runIn(
    network: FewbitNetwork,
    { data, dims: [n, channels] }: LaneInput,
  ): Promise<{ ms: number; logits: Float32Array }> {
    const images = channelsLast(data, n, channels);
    const start = performance.now();
    const logits = await network.run(images, n);
    return { ms: performance.now() - start, logits };
  }

  const lane: Lane = {
    async open(bytes, input) {
      const start = performance.now();
      const network = await openFewbit(madeOf(bytes), here, { threads });
      const loadMs = performance.now() - start;
      const id = ++lastId;
      networks.set(id, network);
      const { ms } = await runIn(network, input);
      return { id, loadMs, firstRunMs: ms, heapBytes: network.wasm.memoryBytes, operators: layersOf(network) };
    },
    async run(id, input) {
      const network = networks.get(id);
      if (!network) throw new Error(`This lane has no network ${id}: it was closed.`);
      return runIn(network, input);
    },
    async close(id) {
      await networks.get(id)?.close();
      networks.delete(id);
    },
  };
  // Nothing of it outlives the race; a network that runs when the race is cut is closed by the race.
  return { lane, threads, float16: false, end: () => undefined };
}

/** Each layer's kernel, and how long it took; layers without weights have none to choose. */
function layersOf({ wasm }: FewbitNetwork): readonly OperatorTime[] {
  const kernels = new Map(wasm.layers.map(({ name, kernel }) => [name, kernel]));
  return wasm.timeLayers(LAYER_RUNS).map(({ name, ms }) => ({
    operator: name,
    provider: kernels.get(name) ?? 'pointwise',
    count: 1,
    ms,
  }));
}
