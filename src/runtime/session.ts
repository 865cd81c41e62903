/** onnxruntime-web sessions on its WebAssembly provider: open a model file, run batches. */
import type * as Ort from 'onnxruntime-web/wasm';
import { channelsFirst } from '../onnx/layout.ts';
import { threadCount } from './threadCount.ts';

export type SessionOptions = {
  /** Where the page itself serves onnxruntime-web's .wasm; not needed in Node. The first session settles it. */
  readonly wasmUrl?: string;
  /** WebAssembly threads, `threadCount` by default. The first session settles it. */
  readonly threads?: number;
  /** 'all' (default) fuses QDQ to integer kernels; 'disabled' runs the file operator by operator, in float. */
  readonly optimization?: 'all' | 'extended' | 'basic' | 'disabled';
};

/** An open model, with what its file says of its input. */
export type OrtSession = {
  readonly session: Ort.InferenceSession;
  /** [H, W, C] of one image. */
  readonly inputShape: readonly [height: number, width: number, channels: number];
  readonly threads: number;
};

type Runtime = { readonly ort: typeof Ort; readonly threads: number };

let runtime: Promise<Runtime> | null = null;

/**
 * Opens an ONNX file that takes images [N, C, H, W] and gives logits [N, classes] as `logits` or its first output.
 *
 * @throws Error with a sentence: the runtime does not load, it refuses the file, or the file has another input
 */
export async function createSession(bytes: Uint8Array, options: SessionOptions = {}): Promise<OrtSession> {
  runtime ??= loadRuntime(options);
  const { ort, threads } = await runtime.catch((error: unknown) => {
    runtime = null;
    throw new Error(`onnxruntime-web could not be loaded: ${reason(error)}`, { cause: error });
  });
  const session = await ort.InferenceSession.create(bytes, {
    executionProviders: ['wasm'],
    graphOptimizationLevel: options.optimization ?? 'all',
  }).catch((error: unknown) => {
    throw new Error(`ONNX Runtime refuses this model file: ${reason(error)}`, { cause: error });
  });
  // Files of other tools have other names for their input and output.
  const metadata = session.inputMetadata.find(({ name }) => name === 'input') ?? session.inputMetadata.at(0);
  const dims = metadata?.isTensor ? metadata.shape : [];
  const [, channels, height, width] = dims;
  if (typeof channels !== 'number' || typeof height !== 'number' || typeof width !== 'number') {
    await session.release();
    throw new Error('This model file has no input named "input" of shape [N, C, H, W] with fixed C, H and W.');
  }
  return { session, inputShape: [height, width, channels], threads };
}

/** Frees the session's memory; it cannot run afterwards. */
export async function closeSession({ session }: OrtSession): Promise<void> {
  await session.release();
}

/**
 * @param input [n, H, W, C], normalized
 * @returns logits [n, classes]
 * @throws Error where the input is not a whole number of images
 */
export async function runBatch(opened: OrtSession, input: Float32Array): Promise<Float32Array> {
  const outputs = await runOutputs(opened, input);
  const { logits = outputs[opened.session.outputNames[0]] } = outputs;
  return logits.data as Float32Array;
}

/** What `runBatch` runs, with every output of the file. */
export async function runOutputs(
  opened: OrtSession,
  input: Float32Array,
): Promise<Readonly<Record<string, Ort.Tensor>>> {
  return opened.session.run({ [nameOfInput(opened)]: await inputTensor(opened, input) });
}

/** `input`, as it is called in files written here, or the first. */
function nameOfInput({ session: { inputNames } }: OrtSession): string {
  return inputNames.includes('input') ? 'input' : inputNames[0];
}

async function loadRuntime({ wasmUrl, threads }: SessionOptions): Promise<Runtime> {
  const ort = await import('onnxruntime-web/wasm');
  const isolated = typeof crossOriginIsolated !== 'undefined' && crossOriginIsolated;
  const cores = typeof navigator === 'undefined' ? 1 : navigator.hardwareConcurrency;
  ort.env.wasm.numThreads = threads ?? threadCount(cores, isolated);
  if (wasmUrl !== undefined) ort.env.wasm.wasmPaths = { wasm: wasmUrl };
  return { ort, threads: ort.env.wasm.numThreads };
}

async function inputTensor({ inputShape }: OrtSession, input: Float32Array): Promise<Ort.Tensor> {
  const [height, width, channels] = inputShape;
  const n = input.length / (height * width * channels);
  if (n === 0 || !Number.isInteger(n)) {
    throw new Error(`${input.length} numbers are not a batch of images of ${height} x ${width} x ${channels}.`);
  }
  const { Tensor } = await import('onnxruntime-web/wasm');
  return new Tensor('float32', channelsFirst(input, n, channels), [n, channels, height, width]);
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
