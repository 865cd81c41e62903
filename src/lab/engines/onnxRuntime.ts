/** ONNX Runtime as an engine: a session in this thread, a lane in its own, and the native one of scripts. */
import { channelsFirst } from '../../onnx/layout.ts';
import { closeSession, createSession, runBatch, type OrtSession } from '../../runtime/session.ts';
import { breathe } from '../../base/breathe.ts';
import { unlessAborted } from '../failure.ts';
import type { LaneName } from '../../contract/engines.ts';
import type { RanOn } from '../../contract/device.ts';
import { onnxBytes } from './onnxFile.ts';
import type { EngineRow, Here, Made, OpenOptions, RowNetwork } from './types.ts';

/** A session in this thread; a stopwatch runs the session itself. */
export type SessionNetwork = RowNetwork & { readonly session: OrtSession; readonly fileBytes: number };

const threadsInWords = (threads: number): string => (threads === 1 ? '1 thread' : `${threads} threads`);

/**
 * The first session waits for the runtime's own .wasm, which takes its time.
 * @throws Error with a sentence where the runtime does not load or refuses the file; the signal's reason
 */
export async function openInSession(
  made: Made,
  { device, ortWasmUrl }: Here,
  { form, signal }: OpenOptions = {},
): Promise<SessionNetwork> {
  await breathe();
  signal?.throwIfAborted();
  const file = onnxBytes(made, form);
  const opening = createSession(file, ortWasmUrl === undefined ? {} : { wasmUrl: ortWasmUrl });
  const session = await unlessAborted(opening, signal, (late) => void closeSession(late));
  const { threads } = session;
  return {
    session,
    fileBytes: file.length,
    run: (images) => runBatch(session, images),
    close: () => closeSession(session),
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
  async open(made, { device, lanes }, { form }) {
    const { lane, threads, end } = await lanes.open(name);
    const [height, width, channels] = made.model.graph.inputShape;
    const inputOf = (images: Float32Array, n: number) => ({
      data: channelsFirst(images, n, channels),
      dims: [n, channels, height, width],
    });
    try {
      const blank = new Float32Array(height * width * channels);
      const { id } = await lane.open(onnxBytes(made, form), inputOf(blank, 1));
      return {
        run: async (images, n) => (await lane.run(id, inputOf(images, n))).logits,
        async close() {
          await lane.close(id);
          end();
        },
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
