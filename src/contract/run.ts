/** The settings of a run, and what comes of it. */
import type { QuantScheme, RepairVerdict } from '../quant/types.ts';
import type { QatSettings } from '../quant/training/types.ts';
import type { RanOn } from './device.ts';
import type { EngineName } from './engines.ts';

/** The settings that made a result. A result is always labelled with these, whatever is chosen on the page now. */
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
  /**
   * What answers are compared with: the float network's, where the network's classes are not the images'. Then a top-1
   * is the share of images that it answers as the float network does. Absent: the images' labels.
   */
  readonly against?: 'float';
  /**
   * The name of a quantized file that the user brought. It is used instead of a quantization made here; how it was
   * made is not known.
   */
  readonly file?: string;
  /** How the quantized network is trained: for method 'qat' only. */
  readonly training?: QatSettings;
  /** What runs the network; absent: the lab's choice. */
  readonly engine?: EngineName;
};

/** One evaluation. Arrays have one entry for each test image, in the dataset's order. */
export type RunResult = {
  readonly settings: RunSettings;
  /** What ran the network, and where. */
  readonly engine: EngineName;
  readonly device: RanOn;
  /** The share of right answers; of settings that say `against`, of those that are the float network's. */
  readonly top1: number;
  /** Mean KL divergence from the float network's answers, in nats; where answers are compared with those. */
  readonly kl?: number;
  readonly predictions: Int32Array;
  /** Softmax probability of the predicted class. */
  readonly confidences: Float32Array;
  /** b bits a weight, plus scales, zero points and int32 biases. */
  readonly sizeBytes: number;
  readonly onnxBytes: number;
  readonly seconds: number;
  /** The saved session that it came from; absent: measured in this one. */
  readonly openedFrom?: string;
  /** Its top-1 was not what its predictions give on these images; it was counted again. */
  readonly altered?: boolean;
  /** The day on which this browser measured it, where it was not in this session. */
  readonly keptFrom?: string;
  /** What each repair did to the output, and whether it was kept; absent where none was tried. */
  readonly verdicts?: readonly RepairVerdict[];
};

/** A quick look at settings on their few images: what a slider shows while it moves. */
export type PreviewResult = Pick<
  RunResult,
  'settings' | 'engine' | 'device' | 'top1' | 'predictions' | 'confidences' | 'seconds'
>;

/** Milliseconds per run of `batch` images, after `warmup` runs that are not counted. */
export type Latency = {
  readonly medianMs: number;
  readonly p5Ms: number;
  readonly p95Ms: number;
  readonly runs: number;
  readonly warmup: number;
  readonly batch: number;
};

/** Networks that were run in turn in one engine, so that their times compare; float32 is the first. */
export type TimedRace = {
  readonly engine: EngineName;
  readonly threads: number;
  readonly entries: readonly { readonly settings: RunSettings; readonly latency: Latency }[];
};

/** One evaluation in onnxruntime-web. */
export type ScoreResult = {
  readonly settings: RunSettings;
  readonly provider: 'wasm';
  readonly threads: number;
  readonly top1: number;
  readonly predictions: Int32Array;
  readonly onnxBytes: number;
  /** As a run's. */
  readonly altered?: boolean;
  readonly latency: Latency;
  /** The float model's, its runs taken in turn with this one's: what a ratio of the two is made of. */
  readonly float32Latency: Latency;
  /** The same in our own engine, with those timed before; absent in sessions that were saved before there was one. */
  readonly race?: TimedRace;
};
