/** A lane of the race: one build of onnxruntime-web with one execution provider, alone in its thread. */
import type * as Ort from 'onnxruntime-web/wasm';
import { operatorsOf } from './profile.ts';
import type { OperatorTime } from '../base/operatorTime.ts';

/** WebAssembly on the processor, the native WebGPU build (never the deprecated JSEP one), or the browser's own WebNN. */
export const PROVIDERS = ['wasm', 'webgpu', 'webnn'] as const;
export type Provider = (typeof PROVIDERS)[number];

export type LaneOptions = {
  readonly provider: Provider;
  readonly threads: number;
  /** Where the page itself serves the .wasm of this provider's build; not needed in Node. */
  readonly wasmUrl?: string;
};

/** An input of images, channels first. */
export type LaneInput = { readonly data: Float32Array; readonly dims: readonly number[] };

/** A model that was opened and run once. */
export type OpenedModel = {
  readonly id: number;
  readonly loadMs: number;
  readonly firstRunMs: number;
  /** The runtime's WebAssembly memory once the model has run; it never shrinks. */
  readonly heapBytes: number;
  /** Which operators ran where in one profiled run, the slowest kind first; none where none was asked for. */
  readonly operators: readonly OperatorTime[];
};

export type Lane = {
  /**
   * @param input of the batch it will be timed on; the first run takes it
   * @param profile whether a run is profiled, in a session of its own, which takes time; by default it is
   */
  readonly open: (
    bytes: Uint8Array,
    input: LaneInput,
    options?: { readonly profile?: boolean },
  ) => Promise<OpenedModel>;
  /** Milliseconds of one run with its logits read back, by the lane's own clock. */
  readonly run: (id: number, input: LaneInput) => Promise<{ readonly ms: number; readonly logits: Float32Array }>;
  readonly close: (id: number) => Promise<void>;
};

/** Collects what the runtime prints to standard output until `end`; the runtime prints its profile there. */
export type CaptureOutput = () => { readonly end: () => string };

/** Watches the WebAssembly memories made from now on: the runtime does not say how much it has. */
function watchMemories(): () => number {
  const memories: WebAssembly.Memory[] = [];
  const Native = WebAssembly.Memory;
  WebAssembly.Memory = new Proxy(Native, {
    construct(target, args: [WebAssembly.MemoryDescriptor]) {
      const memory = new target(...args);
      memories.push(memory);
      return memory;
    },
  });
  return () => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
}

/**
 * Loads a build of onnxruntime-web into this thread.
 * @throws Error with a sentence where the provider does not exist here or the build cannot be loaded
 */
export async function openLane({ provider, threads, wasmUrl }: LaneOptions, capture: CaptureOutput): Promise<Lane> {
  const heapBytes = watchMemories();
  const ort: typeof Ort = await (provider === 'wasm'
    ? import('onnxruntime-web/wasm')
    : import('onnxruntime-web/webgpu'));
  ort.env.wasm.numThreads = threads;
  if (wasmUrl !== undefined) ort.env.wasm.wasmPaths = { wasm: wasmUrl };
  const sessions = new Map<number, Ort.InferenceSession>();
  let lastId = 0;

  const create = (
    bytes: Uint8Array,
    options: Ort.InferenceSession.SessionOptions = {},
  ): Promise<Ort.InferenceSession> =>
    ort.InferenceSession.create(bytes, { executionProviders: [provider], ...options }).catch((cause: unknown) => {
      throw new Error(
        `ONNX Runtime cannot run this model on ${provider}: ${cause instanceof Error ? cause.message : String(cause)}`,
        { cause },
      );
    });

  const runIn = async (
    session: Ort.InferenceSession,
    { data, dims }: LaneInput,
  ): Promise<{ ms: number; logits: Float32Array }> => {
    const input = new ort.Tensor('float32', data, [...dims]);
    const start = performance.now();
    // Files of other tools have other names for them.
    const results = await session.run({ [session.inputNames[0]]: input });
    const { [session.outputNames[0]]: first, logits = first } = results;
    const values = (await logits.getData()) as Float32Array;
    return { ms: performance.now() - start, logits: values.slice() };
  };

  /** In a session of its own: profiling takes time. */
  async function profiled(bytes: Uint8Array, input: LaneInput): Promise<readonly OperatorTime[]> {
    const session = await create(bytes, { enableProfiling: true });
    await runIn(session, input);
    const output = capture();
    session.endProfiling();
    const text = output.end();
    await session.release();
    return operatorsOf(text);
  }

  return {
    async open(bytes, input, { profile = true } = {}) {
      // First, so that the lane's first model does not pay for compiling the runtime.
      const operators = profile ? await profiled(bytes, input) : [];
      const start = performance.now();
      const session = await create(bytes);
      const loadMs = performance.now() - start;
      const id = ++lastId;
      sessions.set(id, session);
      const { ms } = await runIn(session, input);
      return { id, loadMs, firstRunMs: ms, heapBytes: heapBytes(), operators };
    },
    async run(id, input) {
      const session = sessions.get(id);
      if (!session) throw new Error(`This lane has no model ${id}: it was closed.`);
      return runIn(session, input);
    },
    async close(id) {
      await sessions.get(id)?.release();
      sessions.delete(id);
    },
  };
}
