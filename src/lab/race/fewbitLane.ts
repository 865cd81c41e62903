/** Our own engines as lanes of the race: in this thread, with its helpers or without, and on the GPU. */
import type { Lane, LaneInput } from '../../runtime/lane.ts';
import { channelsLast } from '../../onnx/layout.ts';
import { openFewbit } from '../engines/fewbit.ts';
import { openFewbitGpu } from '../engines/fewbitGpu.ts';
import type { Here, Made, RowNetwork } from '../engines/types.ts';
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
  const threads = name === 'fewbit-all' ? here.helpers.threads : 1;
  const networks = new Map<number, RowNetwork>();
  let lastId = 0;

  async function runIn(
    { run }: Pick<RowNetwork, 'run'>,
    { data, dims: [n, channels] }: LaneInput,
  ): Promise<{ ms: number; logits: Float32Array }> {
    const images = channelsLast(data, n, channels);
    const start = performance.now();
    const logits = await run(images, n);
    return { ms: performance.now() - start, logits };
  }

  const lane: Lane = {
    async open(bytes, input) {
      const start = performance.now();
      const { network, heapBytes, operators } = await openIn(name, madeOf(bytes), here, threads);
      const loadMs = performance.now() - start;
      const id = ++lastId;
      networks.set(id, network);
      const { ms } = await runIn(network, input);
      return { id, loadMs, firstRunMs: ms, heapBytes, operators: await operators() };
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
  return { lane, threads, float16: false, end: () => undefined, hasEnded: () => false };
}

type Opened = {
  readonly network: RowNetwork;
  readonly heapBytes: number;
  /** Each layer's kernel (on the GPU its tile), and how long it took; layers without weights have none to choose. */
  readonly operators: () => Promise<readonly OperatorTime[]>;
};

async function openIn(name: FewbitLane, made: Made, here: Here, threads: number): Promise<Opened> {
  if (name === 'fewbit-webgpu') {
    const network = await openFewbitGpu(made, here);
    async function operators(): Promise<readonly OperatorTime[]> {
      const times = await network.gpu.timeLayers(LAYER_RUNS);
      return timesOf(times, new Map(network.gpu.layers().map(({ name, tile }) => [name, tile])));
    }
    return { network, heapBytes: network.gpu.bytes, operators };
  }
  const network = await openFewbit(made, here, { threads });
  const kernels = new Map(network.wasm.layers.map((layer) => [layer.name, layer.kernel]));
  const operators = async () => timesOf(network.wasm.timeLayers(LAYER_RUNS), kernels);
  return { network, heapBytes: network.wasm.memoryBytes, operators };
}

const timesOf = (
  times: readonly { readonly name: string; readonly ms: number }[],
  kernels: ReadonlyMap<string, string>,
): readonly OperatorTime[] =>
  times.map(({ name, ms }) => ({ operator: name, provider: kernels.get(name) ?? 'pointwise', count: 1, ms }));
