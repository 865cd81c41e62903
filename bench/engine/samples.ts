/** What the page measured, before Node makes rows of it. */
import type { EighthBit } from '../../src/integer/wasm/host/processor.ts';
import type { Contender } from './rows.ts';

export type ContenderSamples = {
  readonly contender: Contender;
  /** Milliseconds of a run, one number a turn. */
  readonly samples: readonly number[];
  readonly openMs: number;
  readonly tensorMs: number;
  readonly kernels: Readonly<Record<string, number>> | null;
  readonly stepsMs: Readonly<Record<string, number>> | null;
  readonly memoryBytes: number | null;
  readonly logitsDiffer: number | null;
};

export type RaceSamples = {
  readonly relaxed: boolean;
  readonly eighthBit: EighthBit;
  readonly macs: number;
  readonly contenders: readonly ContenderSamples[];
};

export type KernelSamples = {
  readonly relaxed: boolean;
  readonly eighthBit: EighthBit;
  readonly macs: number;
  readonly kernels: readonly { readonly kernel: string; readonly form: string; readonly samples: readonly number[] }[];
};
