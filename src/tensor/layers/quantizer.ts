/** One tensor's grid inside a layer: where its step comes from, and how it changes while the network trains. */
import * as tf from '@tensorflow/tfjs';
import { qRange } from '../../quant/schemes.ts';
import type { Bits } from '../../quant/types.ts';
import { extremesOf, LEAST_STEP, quantizeWithStep, type GridTensors } from './steps.ts';

/**
 * 'fixed': as it was given. 'ema': affine, over the moving average of the batches' min and max. 'learned': the step
 * is trained (LSQ), the zero point stays. 'minmax': found anew from the tensor itself at each call, for weights.
 */
export const RANGE_RULES = ['fixed', 'ema', 'learned', 'minmax'] as const;
export type RangeRule = (typeof RANGE_RULES)[number];

export type QuantizerConfig = {
  readonly qmin: number;
  readonly qmax: number;
  readonly ranges: RangeRule;
  /** 1 step for the tensor, or one for each channel of its last axis. */
  readonly groups: number;
  /** Where to start; without it the first tensor seen decides. */
  readonly start?: { readonly scale: readonly number[]; readonly zeroPoint: readonly number[] };
};

/** A layer's addWeight: a vector of this length, of zeros. */
export type AddVector = (name: string, length: number, trainable: boolean) => tf.LayerVariable;

export type Quantizer = {
  /** `scale`, `zeroPoint` and, for 'ema', `low` and `high`, by their names in the layer. */
  readonly variables: ReadonlyMap<string, tf.LayerVariable>;
  readonly range: () => { readonly qmin: number; readonly qmax: number };
  /** The step, above zero, one for each group: what one code is worth. The caller disposes of it. */
  readonly step: () => tf.Tensor1D;
  /** Changes the integers; the real range stays, so the step grows or shrinks. */
  readonly setBits: (bits: Bits) => void;
  /** Only says what the integers are, for steps that are already made for them. */
  readonly assumeBits: (bits: Bits) => void;
  /**
   * After a step of the optimizer: a learned step that fell below a share of the one it began with is put back to it.
   * LSQ's own gradient does not bring it back: where all values are clamped, the loss hardly depends on the step.
   */
  readonly hold: () => void;
  /** x on its grid, differentiable. @param features how many values of x share a step, for LSQ's gradient scale */
  readonly apply: <T extends tf.Tensor>(x: T, features: number, training: boolean) => T;
};

/**
 * The least share of its first range that a learned grid may shrink to. Steps that learn well keep more than a half of
 * theirs; one that loses its range clamps a whole layer to two values, and takes the network with it.
 */
export const LEAST_RANGE = 1 / 8;

/** Weight of the past in the moving average of min and max. */
const EMA_MOMENTUM = 0.99;

/** Runs something that no gradient passes through: what it computes is not on the tape. */
function detached(run: () => void): void {
  tf.customGrad(() => {
    run();
    return { value: tf.scalar(0), gradFunc: () => [] };
  })().dispose();
}

type Extremes = readonly [low: tf.Tensor, high: tf.Tensor];

/** Per group; the range is extended to contain zero. */
function rangeOf(x: tf.Tensor, groups: number): Extremes {
  const rows = x.reshape([-1, groups]);
  const [low, high] = groups === 1 ? extremesOf(x) : [rows.min(0), rows.max(0)];
  return [low.minimum(0), high.maximum(0)];
}

const orOne = (scale: tf.Tensor): tf.Tensor => tf.where(scale.greater(LEAST_STEP), scale, tf.onesLike(scale));

/** affineParams and symmetricParams of src/quant, as tensors. */
function gridOver([low, high]: Extremes, qmin: number, qmax: number): { scale: tf.Tensor1D; zeroPoint: tf.Tensor1D } {
  if (qmin < 0) {
    const scale = orOne(tf.maximum(low.div(qmin), high.div(qmax))) as tf.Tensor1D;
    return { scale, zeroPoint: tf.zerosLike<tf.Tensor1D>(scale) };
  }
  const scale = orOne(high.sub(low).div(qmax - qmin)) as tf.Tensor1D;
  return { scale, zeroPoint: tf.sub(qmin, low.div(scale)).round().clipByValue(qmin, qmax) as tf.Tensor1D };
}

/** LSQ's start: 2 mean|x| / sqrt(qmax) for each group. */
function firstStep(x: tf.Tensor, groups: number, qmax: number): tf.Tensor {
  return orOne(
    x
      .abs()
      .reshape([-1, groups])
      .mean(0)
      .mul(2 / Math.sqrt(qmax)),
  );
}

/** Adds the grid's variables, named `prefix` + scale, zeroPoint, ..., to a layer that is being built. */
export function createQuantizer(addVector: AddVector, prefix: string, config: QuantizerConfig): Quantizer {
  const { ranges, groups, start } = config;
  let { qmin, qmax } = config;
  const named = (part: string): string => (prefix ? prefix + part[0].toUpperCase() + part.slice(1) : part);
  const scale = addVector(named('scale'), groups, ranges === 'learned');
  const zeroPoint = addVector(named('zeroPoint'), groups, false);
  const variables = new Map([
    [named('scale'), scale],
    [named('zeroPoint'), zeroPoint],
  ]);
  const extremes =
    ranges === 'ema' ? (['low', 'high'] as const).map((part) => addVector(named(part), groups, false)) : [];
  extremes.forEach((variable, i) => variables.set(named(i === 0 ? 'low' : 'high'), variable));
  if (start) {
    tf.tidy(() => {
      const [steps, zeros] = [tf.tensor1d([...start.scale]), tf.tensor1d([...start.zeroPoint])];
      scale.write(steps);
      zeroPoint.write(zeros);
      [qmin, qmax].forEach((q, i) => extremes[i]?.write(tf.sub(q, zeros).mul(steps)));
    });
  }
  /** In real numbers, so that it holds at other bits too. */
  const firstRanges = start && ranges === 'learned' ? start.scale.map((step) => step * (qmax - qmin)) : [];
  /** Whether the first tensor has been seen; a loaded step, which is above zero, is left alone. */
  let started = start !== undefined;

  const write = ({ scale: steps, zeroPoint: zeros }: { scale: tf.Tensor; zeroPoint: tf.Tensor }): void => {
    scale.write(steps);
    zeroPoint.write(zeros);
  };

  /** Puts a 'minmax' grid over x. */
  function measure(x: tf.Tensor): void {
    write(gridOver(rangeOf(x, groups), qmin, qmax));
  }

  function begin(x: tf.Tensor): void {
    started = true;
    const unset = scale.read().lessEqual(0);
    const first =
      ranges === 'learned'
        ? { scale: firstStep(x, groups, qmax), zeroPoint: tf.zerosLike(zeroPoint.read()) }
        : gridOver(rangeOf(x, groups), qmin, qmax);
    write({
      scale: tf.where(unset, first.scale, scale.read()),
      zeroPoint: tf.where(unset, first.zeroPoint, zeroPoint.read()),
    });
    rangeOf(x, groups).forEach((bound, i) => extremes[i]?.write(tf.where(unset, bound, extremes[i].read())));
  }

  function follow(x: tf.Tensor): void {
    const moved = rangeOf(x, groups).map((bound, i) =>
      extremes[i]
        .read()
        .mul(EMA_MOMENTUM)
        .add(bound.mul(1 - EMA_MOMENTUM)),
    );
    moved.forEach((bound, i) => extremes[i].write(bound));
    write(gridOver(moved as unknown as Extremes, qmin, qmax));
  }

  function gridFor(x: tf.Tensor, training: boolean): GridTensors {
    if (ranges === 'minmax') detached(() => measure(x));
    else if (!started) detached(() => begin(x));
    else if (training && ranges === 'ema') detached(() => follow(x));
    return { scale: scale.read() as tf.Tensor1D, zeroPoint: zeroPoint.read() as tf.Tensor1D, qmin, qmax };
  }

  const assumeBits = (bits: Bits): void => void ({ qmin, qmax } = qRange(bits, qmin < 0));

  return {
    variables,
    range: () => ({ qmin, qmax }),
    step: () => scale.read().maximum(LEAST_STEP),
    assumeBits,
    setBits(bits) {
      const before = qmax - qmin;
      assumeBits(bits);
      const stretch = before / (qmax - qmin);
      tf.tidy(() =>
        write({
          scale: scale.read().mul(stretch),
          zeroPoint: zeroPoint.read().div(stretch).round().clipByValue(Math.max(qmin, 0), qmax),
        }),
      );
    },
    hold() {
      if (firstRanges.length === 0) return;
      tf.tidy(() => {
        const least = firstRanges.map((range) => (LEAST_RANGE * range) / (qmax - qmin));
        scale.write(scale.read().maximum(tf.tensor1d(least)));
      });
    },
    apply: (x, features, training) => quantizeWithStep(x, gridFor(x, training), 1 / Math.sqrt(features * qmax)),
  };
}
