/** A lab for tests of the page: answers at the test's command, computes nothing. Never part of the page. */
import type { CallOptions, Lab } from '../../lab/rpc/client.ts';
import type { CallKind, Calls } from '../../contract/calls/calls.ts';
import type { Latency, PreviewResult, ScoreResult, RunResult, RunSettings } from '../../contract/run.ts';
import type { ImageStrip, Opened } from '../../contract/calls/opened.ts';

export type Asked = {
  readonly kind: CallKind;
  readonly args: Calls[CallKind]['args'];
  readonly options: CallOptions;
  readonly answer: (result: Calls[CallKind]['result']) => Promise<void>;
  readonly fail: (message: string) => Promise<void>;
};

/** Lets the promises that are ready run. */
const settle = (): Promise<void> =>
  new Promise((resolve) => queueMicrotask(() => queueMicrotask(() => queueMicrotask(resolve))));

/** Remembers each call in `asked`; an aborted call rejects at once, as a quick worker would make it. */
export function createFakeLab(): Lab & { readonly asked: Asked[] } {
  const asked: Asked[] = [];
  const call = <K extends CallKind>(kind: K, args: Calls[K]['args'], options: CallOptions = {}) =>
    new Promise<Calls[K]['result']>((resolve, reject) => {
      options.signal?.addEventListener('abort', () => reject(new DOMException('cancelled', 'AbortError')));
      const answer = (result: Calls[CallKind]['result']): Promise<void> => {
        resolve(result as Calls[K]['result']);
        return settle();
      };
      const fail = (message: string): Promise<void> => {
        reject(new Error(message));
        return settle();
      };
      asked.push({ kind, args, options, answer, fail });
    });
  return { asked, call, close: () => undefined };
}

const CLASSES = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];
const DEVICE = {
  backend: 'wasm',
  description: 'WebAssembly SIMD, 4 threads',
  threads: 4,
  crossOriginIsolated: true,
} as const;

export function openedWith(testImages: number): Opened {
  return {
    device: DEVICE,
    model: { name: 'ResNet-20', parameters: 272_474, macs: 40_813_184, weightedLayers: ['conv1', 'fc'] },
    dataset: { name: 'CIFAR-10 sample', trainImages: 2000, testImages, classes: CLASSES, streamed: false },
    trainingBatch: null,
    labels: Int32Array.from({ length: testImages }, (_, i) => i % CLASSES.length),
  };
}

export function stripOf(count: number): ImageStrip {
  const [height, width] = [32, 32];
  const pixels = Uint8Array.from({ length: count * height * width * 3 }, (_, i) => (i * 7 + (i >> 7) * 13) % 256);
  return { count, height, width, pixels, labels: Int32Array.from({ length: count }, (_, i) => i % CLASSES.length) };
}

/** A run that is wrong on the first `wrong` images and right on the others. */
export function runOfSettings(settings: RunSettings, wrong: number): RunResult {
  const images = settings.images;
  const bits = settings.scheme?.weightBits ?? 32;
  return {
    settings,
    engine: 'tfjs',
    device: DEVICE,
    top1: (images - wrong) / images,
    predictions: Int32Array.from({ length: images }, (_, i) => (i + (i < wrong ? 1 : 0)) % CLASSES.length),
    confidences: new Float32Array(images).fill(0.9),
    sizeBytes: 34_000 * bits,
    onnxBytes: 34_500 * bits,
    seconds: 3,
  };
}

/** A preview that is wrong on the first `wrong` images. */
/** @param seconds by default of a machine on which no other width is previewed ahead */
export const previewOfSettings = (settings: RunSettings, wrong: number, seconds = 6): PreviewResult => ({
  settings,
  engine: 'tfjs',
  device: DEVICE,
  top1: (settings.images - wrong) / settings.images,
  predictions: Int32Array.from({ length: settings.images }, (_, i) => (i + (i < wrong ? 1 : 0)) % CLASSES.length),
  confidences: new Float32Array(settings.images).fill(0.9),
  seconds,
});

const latencyOf = (medianMs: number): Latency => ({
  medianMs,
  p5Ms: medianMs * 0.9,
  p95Ms: medianMs * 1.2,
  runs: 30,
  warmup: 5,
  batch: 1,
});

export function scoreOfSettings(settings: RunSettings, medianMs: number): ScoreResult {
  return {
    settings,
    provider: 'wasm',
    threads: 4,
    top1: 0.9,
    predictions: new Int32Array(settings.images),
    onnxBytes: 34_500 * (settings.scheme?.weightBits ?? 32),
    latency: latencyOf(medianMs),
    float32Latency: latencyOf(2),
  };
}
