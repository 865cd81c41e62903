/** What the page and the lab's worker say to each other. Types only. */
import type { QuantScheme, RepairVerdict } from '../quant/types.ts';
import type { QatSettings } from '../quant/training/recipe.ts';
import type { GridCalls } from './gridCalls.ts';
import type { InspectCalls } from './inspect.ts';
import type { FileForm, RuntimeCalls } from './race.ts';
import type { TrainingCalls, TrainingReport } from './training.ts';

export type BackendName = 'webgpu' | 'wasm' | 'cpu';

/** What computes, named so that a number can say where it was measured. */
export type Device = {
  readonly backend: BackendName;
  /** For example "WebAssembly SIMD, 4 threads" or "NVIDIA GeForce RTX 3060 (WebGPU)". */
  readonly description: string;
  readonly threads: number;
  readonly crossOriginIsolated: boolean;
};

/** The settings that made a result; a result is labelled with these and never with the page's present ones. */
export type RunSettings = {
  readonly model: string;
  readonly dataset: string;
  /** Height and width of the images, by default the dataset's own: 32 of CIFAR-10, 160 of photos. */
  readonly side?: number;
  readonly method: 'float32' | 'ptq' | 'qat';
  /** null: float32. */
  readonly scheme: QuantScheme | null;
  readonly images: number;
  readonly calibrationImages: number;
  readonly seed: number;
  /** The quantized file that was brought, instead of a quantization made here (see quantizedFile); how it was made is not known. */
  readonly file?: string;
  /** How the quantized network is trained: for method 'qat' only. */
  readonly training?: QatSettings;
};

/** One evaluation in tfjs. Arrays have one entry for each test image, in the dataset's order. */
export type RunResult = {
  readonly settings: RunSettings;
  readonly device: Device;
  readonly top1: number;
  readonly predictions: Int32Array;
  /** Softmax probability of the predicted class. */
  readonly confidences: Float32Array;
  /** b bits a weight, plus scales, zero points and int32 biases. */
  readonly sizeBytes: number;
  readonly onnxBytes: number;
  readonly seconds: number;
  /** The saved session that it came from; absent: measured in this one. */
  readonly openedFrom?: string;
  /** What each repair did to the output, and whether it was kept; absent where none was tried. */
  readonly verdicts?: readonly RepairVerdict[];
};

/** A quick look at settings on their few images: what a slider shows while it moves. */
export type PreviewResult = Pick<RunResult, 'settings' | 'device' | 'top1' | 'seconds'>;

/** Milliseconds per run of `batch` images, after `warmup` runs that are not counted. */
export type Latency = {
  readonly medianMs: number;
  readonly p5Ms: number;
  readonly p95Ms: number;
  readonly runs: number;
  readonly warmup: number;
  readonly batch: number;
};

/** One evaluation in onnxruntime-web. */
export type RaceResult = {
  readonly settings: RunSettings;
  readonly provider: 'wasm';
  readonly threads: number;
  readonly top1: number;
  readonly predictions: Int32Array;
  readonly onnxBytes: number;
  readonly latency: Latency;
  /** The float model's, its runs taken in turn with this one's: what a ratio of the two is made of. */
  readonly float32Latency: Latency;
};

/** Test images for display: RGB bytes, [count, height, width, 3]. */
export type ImageStrip = {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly pixels: Uint8Array;
  readonly labels: Int32Array;
};

export type Opened = {
  readonly device: Device;
  readonly model: {
    readonly name: string;
    readonly parameters: number;
    readonly macs: number;
    /** The convolutions and dense layers, in the graph's order. */
    readonly weightedLayers: readonly string[];
  };
  readonly dataset: {
    readonly name: string;
    readonly trainImages: number;
    readonly testImages: number;
    readonly classes: readonly string[];
    /** Its training images are photos that are read batch by batch. */
    readonly streamed: boolean;
  };
  /** Labels of all the test images. */
  readonly labels: Int32Array;
};

/** Every call the worker answers: its arguments and its result. */
export type Calls = InspectCalls & {
  /** Opens the lab on a model and a dataset, by default those that are bundled; again on others. */
  open: { args: { readonly backend: BackendName | 'auto' } & Partial<Pick<RunSettings, 'model' | 'dataset' | 'side'>>; result: Opened };
  images: { args: { readonly first: number; readonly count: number }; result: ImageStrip };
  evaluate: { args: RunSettings; result: RunResult };
  preview: { args: RunSettings; result: PreviewResult };
  race: { args: RunSettings; result: RaceResult };
  /** Settings of the quantized .onnx file that was brought, beside this model and these images. */
  quantizedFile: { args: Pick<RunSettings, 'model' | 'dataset' | 'side' | 'images' | 'seed'>; result: { readonly settings: RunSettings; readonly bytes: number } };
  /** `form`: packed integers by default, or float32 without a scheme. */
  exportOnnx: { args: RunSettings & { readonly form?: FileForm }; result: { readonly fileName: string; readonly bytes: Uint8Array } };
} & TrainingCalls & RuntimeCalls & GridCalls;

export type CallKind = keyof Calls;

/** Done of total, in `unit`s, of the stage named: "Calibrating", 128 of 512 "images". */
export type Progress = {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  readonly unit: string;
  /** The step that a training has just made. */
  readonly training?: TrainingReport;
};

/** Failures that the page can act on: the GPU is gone, memory is full, the loss is no longer finite. */
export type FailureCode = 'absent' | 'deviceLost' | 'outOfMemory' | 'diverged';

export type Request =
  | { readonly [K in CallKind]: { readonly id: number; readonly kind: K; readonly args: Calls[K]['args'] } }[CallKind]
  | { readonly id: number; readonly kind: 'cancel' };

export type Response =
  | { readonly id: number; readonly kind: 'progress'; readonly progress: Progress }
  | { readonly id: number; readonly kind: 'result'; readonly result: Calls[CallKind]['result'] }
  | { readonly id: number; readonly kind: 'error'; readonly message: string; readonly code?: FailureCode }
  | { readonly id: number; readonly kind: 'cancelled' };
