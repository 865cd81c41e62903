/** What the engine bench prints: one row for each contender of a race, and how samples become a row's numbers. */
import { medianInterval, quantile } from '../../src/runtime/statistics.ts';

export type EngineName = 'fewbit' | 'onnxruntime' | 'litert';

/** What the processor offers an 8-bit dot product: VNNI, relaxed SIMD without it, or (asked for) no relaxed SIMD at all. */
export type Dot = 'vnni' | 'plain' | 'none';

/** Who races: an engine, the form of its network ('fp32', 'w4a8'), its threads. */
export type Contender = {
  readonly engine: EngineName;
  readonly form: string;
  readonly threads: number;
  /** Our engine as it is where there is no relaxed SIMD. */
  readonly withoutRelaxed?: boolean;
};

/** Milliseconds of a run: the median, and an interval that holds the true median with 95% confidence. */
export type Times = {
  readonly medianMs: number;
  readonly lowMs: number;
  readonly highMs: number;
  /** The least: where other work shares the cores, what a run takes when none of it comes between. */
  readonly bestMs: number;
  readonly runs: number;
};

/** Rows with this in common were measured in turn, in one page. */
export type Race = {
  readonly model: string;
  readonly side: number;
  /** Threads that the race was about: 1, or 2 beside our engine with 1. */
  readonly race: number;
};

export type TimeRow = Race &
  Times & {
    readonly kind: 'time';
    readonly engine: EngineName;
    readonly form: string;
    readonly threads: number;
    readonly dot: Dot;
    /** Billions of multiply-adds a second, over the whole network. */
    readonly gigaMacs: number;
    readonly openMs: number;
    /** Of the median: making the engine's input tensor from pixels. Ours does that in the network's first step. */
    readonly tensorMs: number;
    /** Layers with weights, by the kernel that ran them; our engine only. */
    readonly kernels: Readonly<Record<string, number>> | null;
    /** Milliseconds by kind of step, best runs; our engine only. */
    readonly stepsMs: Readonly<Record<string, number>> | null;
    /** WebAssembly memory; our engine only. */
    readonly memoryBytes: number | null;
    /** Greatest difference of a logit to ONNX Runtime's of the same form, as a share of the greatest logit. */
    readonly logitsDiffer: number | null;
    readonly version: string;
    readonly weights: string;
    readonly cpu: string;
    readonly cores: number;
    readonly browser: string;
    readonly loadAverage: number;
    readonly commit: string | null;
    readonly command: string;
  };

/** One layer, forced to one kernel. */
export type KernelRow = Times & {
  readonly kind: 'kernel';
  readonly model: string;
  readonly side: number;
  readonly engine: 'fewbit';
  readonly form: string;
  readonly threads: 1;
  readonly dot: Dot;
  readonly kernel: string;
  readonly gigaMacs: number;
  readonly loadAverage: number;
  readonly commit: string | null;
  readonly command: string;
};

const rounded = (ms: number): number => Number(ms.toPrecision(5));

/**
 * @param samples milliseconds, in any order
 * @throws RangeError when there are none
 */
export function timesOf(samples: readonly number[]): Times {
  const [low, high] = medianInterval(samples);
  return {
    medianMs: rounded(quantile(samples, 0.5)),
    lowMs: rounded(low),
    highMs: rounded(high),
    bestMs: rounded(quantile(samples, 0)),
    runs: samples.length,
  };
}
