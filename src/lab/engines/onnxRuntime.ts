/** ONNX Runtime as an engine: in the lane that stays open, in a lane of its own, and the native one of scripts. */
import { plural } from '../../base/text/plural.ts';
import { channelsFirst } from '../../onnx/layout.ts';
import { breathe } from '../../base/breathe.ts';
import type { OpenedModel } from '../../runtime/lane.ts';
import { unlessAborted } from '../failure.ts';
import type { OpenedLane } from '../resources.ts';
import type { LaneName } from '../../contract/engines.ts';
import type { RanOn } from '../../contract/device.ts';
import { fittingBatch } from './evaluationBatch.ts';
import { onnxBytes } from './onnxFile.ts';
import type { EngineRow, Here, Made, OpenOptions, RowNetwork } from './types.ts';

/** A network that is open in a lane. */
export type LaneNetwork = RowNetwork & {
  readonly fileBytes: number;
  /** Milliseconds of one run, by the lane's own clock. @throws the signal's reason, at once */
  readonly time: (images: Float32Array, n: number, signal?: AbortSignal) => Promise<number>;
};

/** Whoever aborts has the lane's core only after a batch: so there a batch is this fraction of other engines'. */
const LESS_AT_ONCE = 4;

const threadsInWords = (threads: number): string => plural(threads, 'thread');

/**
 * The lane computes in its own thread and cannot be stopped: whoever aborts goes on at once, and what the lane was at is of
 * no use to anybody.
 * @throws Error with a sentence where the runtime refuses the file; the signal's reason
 */
async function openIn(
  { lane }: Pick<OpenedLane, 'lane'>,
  made: Made,
  { form, signal }: OpenOptions,
): Promise<Omit<LaneNetwork, 'ranOn'>> {
  await breathe();
  signal?.throwIfAborted();
  const file = onnxBytes(made, form);
  const [height, width, channels] = made.model.graph.inputShape;
  const inputOf = (images: Float32Array, n: number) => ({
    data: channelsFirst(images, n, channels),
    dims: [n, channels, height, width],
  });
  const blank = inputOf(new Float32Array(height * width * channels), 1);
  const opening = lane.open(file, blank, { profile: false });
  const { id } = await unlessAborted<Pick<OpenedModel, 'id'>>(opening, signal, (late) => void lane.close(late.id));
  const run = (images: Float32Array, n: number, stop?: AbortSignal) =>
    unlessAborted(lane.run(id, inputOf(images, n)), stop, () => undefined);
  return {
    fileBytes: file.length,
    run: async (images, n, stop) => (await run(images, n, stop)).logits,
    time: async (images, n, stop) => (await run(images, n, stop)).ms,
    // It ends what it is at before it lets go of the network, which nobody need wait for.
    close: () => void lane.close(id).catch(() => undefined),
  };
}

type InResident = { readonly lane: OpenedLane; readonly network: Omit<LaneNetwork, 'ranOn'> };

/** @param tries of lanes that end while the network is opened: the first may have hung at what somebody gave up */
async function openResident(
  made: Made,
  { lanes }: Pick<Here, 'lanes'>,
  options: OpenOptions,
  tries = 2,
): Promise<InResident> {
  options.signal?.throwIfAborted();
  const lane = await unlessAborted(lanes.resident(), options.signal, () => undefined);
  try {
    return { lane, network: await openIn(lane, made, options) };
  } catch (error) {
    if (options.signal?.aborted || !lane.hasEnded() || tries === 1) throw error;
    return openResident(made, { lanes }, options, tries - 1);
  }
}

/**
 * In the lane that stays open: the first network waits for the runtime's own .wasm, which takes its time. A lane that has
 * ended, because it hung or for another network's sake, is opened once more, and what was asked is asked again.
 */
export async function openInResident(made: Made, here: Here, options: OpenOptions = {}): Promise<LaneNetwork> {
  const { device } = here;
  let opened = await openResident(made, here, options);
  const { threads } = opened.lane;

  async function again<T>(ask: (network: InResident['network']) => Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      if (!opened.lane.hasEnded()) return await ask(opened.network);
    } catch (error) {
      signal?.throwIfAborted();
      if (!opened.lane.hasEnded()) throw error;
    }
    opened = await openResident(made, here, { ...options, signal });
    return ask(opened.network);
  }

  return {
    fileBytes: opened.network.fileBytes,
    run: (images, n, signal) => again((network) => network.run(images, n, signal), signal),
    time: (images, n, signal) => again((network) => network.time(images, n, signal), signal),
    close: () => opened.network.close(),
    batch: Math.ceil(fittingBatch('wasm', made.model.graph) / LESS_AT_ONCE),
    ranOn: { ...device, backend: 'wasm', description: `WebAssembly SIMD, ${threadsInWords(threads)}`, threads },
  };
}

const LANE_BACKENDS: Readonly<Record<LaneName, RanOn['backend']>> = {
  'wasm-1': 'wasm',
  'wasm-all': 'wasm',
  webgpu: 'webgpu',
  webnn: 'webnn',
};

/** A lane of the race as an engine: it has its thread to itself, and ends with the network. */
export const laneRow = (name: LaneName): EngineRow => ({
  whyAbsent: ({ lanes }) => lanes.whyAbsent(name),
  async open(made, { device, lanes }, options) {
    const opened = await lanes.open(name);
    const { threads, end } = opened;
    try {
      const network = await openIn(opened, made, options);
      return {
        ...network,
        close: end,
        ranOn: { ...device, backend: LANE_BACKENDS[name], description: await describe(name, threads, lanes), threads },
      };
    } catch (error) {
      end();
      throw error;
    }
  },
});

async function describe(name: LaneName, threads: number, { machine }: Here['lanes']): Promise<string> {
  if (name === 'webgpu') return `${(await machine()).adapter ?? 'an adapter without a name'} (WebGPU)`;
  return name === 'webnn' ? 'WebNN' : `WebAssembly SIMD, ${threadsInWords(threads)}`;
}

/** Of photos a batch of this many keeps the session's memory small. */
export const NATIVE_BATCH = 25;

export const nativeRow: EngineRow = {
  whyAbsent: ({ openNative }) =>
    openNative ? null : 'The native ONNX Runtime is a judge of the headless twin: give it --judge onnxruntime.',
  async open(made, { device, openNative }, { form }) {
    if (!openNative) throw new Error('The native ONNX Runtime is not here.');
    const network = await openNative(onnxBytes(made, form));
    return {
      ...network,
      batch: NATIVE_BATCH,
      ranOn: { ...device, backend: 'cpu', description: 'native code, 1 thread', threads: 1 },
    };
  },
};
